import { DamagedError } from '../../model/failures';
import type { AtlasScale } from '../../model/picture';

/** The private PNG chunk `fmAp`: a serialized AtlasScale, see featuremaps.proto. */

const VERSION = 1;

/** Parses a serialized AtlasScale; fields that are not known are skipped. */
export function parseScale(bytes: Uint8Array): AtlasScale {
  const numbers = new Map<number, number>();
  const packed = new Map<number, Float32Array>();
  let at = 0;

  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new DamagedError('The scale inside the picture is cut short.');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const field = key >> 3;
    switch (key & 7) {
      case 0:
        numbers.set(field, varint());
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (at + length > bytes.length) {
          throw new DamagedError('The scale inside the picture is cut short.');
        }
        if (length % 4 === 0) packed.set(field, floats(bytes.subarray(at, at + length)));
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new DamagedError('The scale inside the picture is damaged.');
    }
  }
  return checked(numbers, packed);
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

function checked(numbers: Map<number, number>, packed: Map<number, Float32Array>): AtlasScale {
  const version = numbers.get(1) ?? 0;
  if (version !== VERSION) {
    throw new DamagedError(
      `The picture has format version ${version}; this tab knows ${VERSION}. Update tb_featuremaps.`,
    );
  }
  const scale = {
    channels: numbers.get(2) ?? 0,
    tileHeight: numbers.get(3) ?? 0,
    tileWidth: numbers.get(4) ?? 0,
    columns: numbers.get(5) ?? 0,
    lo: packed.get(6) ?? new Float32Array(),
    hi: packed.get(7) ?? new Float32Array(),
  };
  const sizes = [scale.channels, scale.tileHeight, scale.tileWidth, scale.columns];
  const fits = scale.lo.length === scale.channels && scale.hi.length === scale.channels;
  if (!fits || sizes.some((size) => size < 1)) {
    throw new DamagedError('The scale inside the picture does not fit its channels.');
  }
  if (![scale.lo, scale.hi].every((values) => values.every(Number.isFinite))) {
    throw new DamagedError('The scale inside the picture holds values that are not finite.');
  }
  return scale;
}
