import { DamagedError } from '../../model/failures';

/** Decodes 8-bit grey PNG files to their exact levels, without a canvas and its colours. */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const GREY = 0;
/** The most pixels that a picture may have; the server refuses more as well. */
export const MOST_PIXELS = 2 ** 26;

export interface Chunk {
  readonly kind: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

/** The chunks of a PNG file, views into it. */
export function chunksOf(png: ArrayBuffer): Chunk[] {
  const bytes = new Uint8Array(png);
  if (SIGNATURE.some((byte, index) => bytes[index] !== byte)) {
    throw new DamagedError('Expected a PNG file.');
  }
  const view = new DataView(png);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= png.byteLength;) {
    const length = view.getUint32(at);
    if (at + 12 + length > png.byteLength) break;
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ kind, data: bytes.subarray(at + 8, at + 8 + length) });
    if (kind === 'IEND') return chunks;
    at += length + 12;
  }
  throw new DamagedError('The picture is cut short.');
}

/** Decodes the file of which these are the chunks. */
export async function decodeGrey(chunks: readonly Chunk[]): Promise<GreyPicture> {
  const { width, height } = greySize(chunks);
  const rows = await inflated(chunks, height * (width + 1));
  const levels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) unfilter(rows, levels, row, width);
  return { width, height, levels };
}

/** The size that the header claims, if that can be decoded at all. */
export function greySize(chunks: readonly Chunk[]): { width: number; height: number } {
  const header = chunks[0];
  if (header?.kind !== 'IHDR' || header.data.length !== 13) {
    throw new DamagedError('The picture has no header.');
  }
  const view = new DataView(header.data.buffer, header.data.byteOffset, header.data.length);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  if (!width || !height || width * height > MOST_PIXELS) {
    throw new DamagedError(
      `The picture says that it has ${width}×${height} pixels; the most are ${MOST_PIXELS}.`,
    );
  }
  const [depth, color, , , interlaced] = header.data.subarray(8);
  if (depth !== 8 || color !== GREY || interlaced) {
    throw new DamagedError(
      'Expected a picture of 8-bit grey. ' +
        `Received: bit depth ${String(depth)}, colour type ${String(color)}` +
        `${interlaced ? ', interlaced' : ''}.`,
    );
  }
  return { width, height };
}

/** The picture's bytes; stops as soon as there are more than there may be. */
async function inflated(chunks: readonly Chunk[], size: number): Promise<Uint8Array> {
  const parts = chunks.filter(({ kind }) => kind === 'IDAT').map(({ data }) => data);
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new Uint8Array(size);
  let at = 0;
  try {
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) throw new DamagedError('The picture holds too many pixels.');
      bytes.set(value, at);
      at += value.length;
    }
  } catch (error) {
    if (error instanceof DamagedError) throw error;
    throw new DamagedError('The picture is damaged: its pixels can not be unpacked.');
  }
  if (at < size) throw new DamagedError('The picture is cut short: pixels are missing.');
  return bytes;
}

/** Undoes the filter of one row (W3C PNG, third edition, section 9.2). */
function unfilter(rows: Uint8Array, levels: Uint8Array, row: number, width: number): void {
  const from = row * (width + 1) + 1;
  const to = row * width;
  const filter = rows[from - 1]!;
  if (filter > 4) throw new DamagedError(`The picture is damaged: row filter ${filter}.`);
  if (filter === 0 || (filter === 2 && row === 0)) {
    levels.set(rows.subarray(from, from + width), to);
    return;
  }
  for (let column = 0; column < width; column++) {
    const left = column ? levels[to + column - 1]! : 0;
    const up = row ? levels[to + column - width]! : 0;
    let guess = filter === 1 ? left : up;
    if (filter === 3) guess = (left + up) >> 1;
    if (filter === 4) {
      guess = paeth(left, up, row && column ? levels[to + column - width - 1]! : 0);
    }
    levels[to + column] = rows[from + column]! + guess;
  }
}

/** Of left, up and corner the one nearest to left + up − corner. */
function paeth(left: number, up: number, corner: number): number {
  const fromLeft = Math.abs(up - corner);
  const fromUp = Math.abs(left - corner);
  const fromCorner = Math.abs(left + up - 2 * corner);
  if (fromLeft <= fromUp && fromLeft <= fromCorner) return left;
  return fromUp <= fromCorner ? up : corner;
}
