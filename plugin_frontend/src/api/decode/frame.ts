import { DamagedError } from '../../model/failures';

/** The frame of the binary routes, see docs/routes.md: `TBFM`, a JSON header, arrays. */

const MAGIC = 0x4d464254; // "TBFM", little-endian
const ALIGNMENT = 8;
const TYPES = { '<f8': Float64Array, '<f4': Float32Array, '<i4': Int32Array } as const;

type NumberArray = Float64Array | Float32Array | Int32Array;

export interface FramedArray {
  readonly shape: readonly number[];
  /** A view into the answer, in C order. */
  readonly values: NumberArray;
}

export interface Framed<Header> {
  readonly header: Header;
  readonly arrays: ReadonlyMap<string, FramedArray>;
}

interface ArraySpec {
  readonly name: string;
  readonly dtype: keyof typeof TYPES;
  readonly shape: readonly number[];
}

/** Takes a binary answer apart; copies none of its numbers. */
export function parseFrame<Header>(bytes: ArrayBuffer): Framed<Header> {
  const view = new DataView(bytes);
  if (bytes.byteLength < ALIGNMENT || view.getUint32(0, true) !== MAGIC) {
    throw new DamagedError('The server answered with something else than numbers.');
  }
  const start = ALIGNMENT + view.getUint32(4, true);
  if (start > bytes.byteLength) throw cutShort();
  const text = new TextDecoder().decode(new Uint8Array(bytes, ALIGNMENT, start - ALIGNMENT));
  const header = JSON.parse(text) as Header & { readonly arrays: readonly ArraySpec[] };
  const arrays = new Map<string, FramedArray>();
  let at = start;
  for (const { name, dtype, shape } of header.arrays) {
    const length = lengthOf(shape);
    const size = length * TYPES[dtype].BYTES_PER_ELEMENT;
    if (at + size > bytes.byteLength) throw cutShort();
    arrays.set(name, { shape, values: new TYPES[dtype](bytes, at, length) });
    at += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  }
  return { header, arrays };
}

function lengthOf(shape: readonly number[]): number {
  if (shape.some((size) => !Number.isInteger(size) || size < 0)) {
    throw new DamagedError(`The server answered with an array of shape [${shape.join(', ')}].`);
  }
  return shape.reduce((product, size) => product * size, 1);
}

function cutShort(): DamagedError {
  return new DamagedError('The answer of the server is cut short.');
}

/** An array that has to be there, of so many dimensions. */
export function arrayOf(framed: Framed<unknown>, name: string, dimensions: number): FramedArray {
  const found = framed.arrays.get(name);
  if (found?.shape.length !== dimensions) {
    throw new DamagedError(
      `Expected an array “${name}” of ${dimensions} dimensions. ` +
        `Received: ${found ? `[${found.shape.join(', ')}]` : 'none'}.`,
    );
  }
  return found;
}
