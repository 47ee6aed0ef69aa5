import type { AtlasScale, Frame, Picture } from '../model/picture';

/** The corner of a channel's tile in its atlas. */
export function tileCorner(scale: AtlasScale, channel: number): { left: number; top: number } {
  return {
    left: (channel % scale.columns) * scale.tileWidth,
    top: Math.floor(channel / scale.columns) * scale.tileHeight,
  };
}

/** The grey level of one pixel of a channel's map; null outside of it. */
export function levelAt(
  picture: Picture,
  channel: number,
  row: number,
  column: number,
): number | null {
  const { channels, tileHeight, tileWidth } = picture.scale;
  if (channel >= channels || row >= tileHeight || column >= tileWidth) return null;
  const { left, top } = tileCorner(picture.scale, channel);
  return picture.levels[(top + row) * picture.width + left + column] ?? null;
}

/** Cuts one channel's map out of an atlas. */
export function frameOf(picture: Picture, channel: number, step: number): Frame {
  const { tileWidth: width, tileHeight: height, lo, hi } = picture.scale;
  const { left, top } = tileCorner(picture.scale, channel);
  const levels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * picture.width + left;
    levels.set(picture.levels.subarray(start, start + width), row * width);
  }
  return { step, width, height, levels, lo: lo[channel] ?? 0, hi: hi[channel] ?? 0 };
}
