import type { Picture, ProbePixels } from '../model/picture';

interface PictureParts {
  /** Values of the channels at grey level 0 and 255. */
  readonly lo: readonly number[];
  readonly hi: readonly number[];
  /** Of each channel's map its grey levels, row by row; 0 all over where they are not given. */
  readonly maps?: readonly (readonly number[])[];
  readonly tileWidth?: number;
  readonly tileHeight?: number;
  readonly columns?: number;
}

/** A channel atlas; its maps are of one pixel unless it says so. */
export function pictureOf(parts: PictureParts): Picture {
  const { lo, hi, maps = [], tileWidth = 1, tileHeight = 1, columns = lo.length } = parts;
  const width = columns * tileWidth;
  const height = Math.ceil(lo.length / columns) * tileHeight;
  const levels = new Uint8Array(width * height);
  maps.forEach((map, channel) => {
    const [left, top] = [channel % columns, Math.floor(channel / columns)];
    map.forEach((level, at) => {
      const row = top * tileHeight + Math.floor(at / tileWidth);
      levels[row * width + left * tileWidth + (at % tileWidth)] = level;
    });
  });
  const size = { channels: lo.length, tileHeight, tileWidth, columns };
  return {
    ...{ width, height, levels },
    scale: { ...size, lo: Float32Array.from(lo), hi: Float32Array.from(hi) },
  };
}

/** A probe of one grey level all over. */
export function probeOf(level: number, width = 1, height = 1): ProbePixels {
  const rgba = Uint8ClampedArray.from({ length: 4 * width * height }, (_, at) =>
    at % 4 === 3 ? 255 : level,
  );
  return { width, height, rgba };
}
