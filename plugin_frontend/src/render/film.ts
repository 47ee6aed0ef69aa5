import type { Picture } from '../api/picture';

/** One channel's map at one step. */
export interface Frame {
  step: number;
  width: number;
  height: number;
  levels: Uint8Array;
  /** Values at grey level 0 and 255. */
  lo: number;
  hi: number;
}

/** Takes one channel's map out of an atlas. */
export function frameOf(picture: Picture, channel: number, step: number): Frame {
  const { tileWidth: width, tileHeight: height, columns, lo, hi } = picture.scale;
  const left = (channel % columns) * width;
  const top = Math.floor(channel / columns) * height;
  const levels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * picture.width + left;
    levels.set(picture.levels.subarray(start, start + width), row * width);
  }
  return { step, width, height, levels, lo: lo[channel] ?? 0, hi: hi[channel] ?? 0 };
}

/** The values that all frames span together. */
export function filmRange(frames: readonly Frame[]): { low: number; high: number } {
  const low = Math.min(...frames.map((frame) => frame.lo));
  const high = Math.max(...frames.map((frame) => frame.hi));
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** A frame's pixels in colours that span a range, one a value. */
export function paintFrame(
  frame: Frame,
  colors: Uint32Array,
  range: { low: number; high: number },
): ImageData {
  const image = new ImageData(frame.width, frame.height);
  const pixels = new Uint32Array(image.data.buffer);
  const span = range.high - range.low || 1;
  const table = Uint32Array.from({ length: 256 }, (_, level) => {
    const value = frame.lo + ((frame.hi - frame.lo) * level) / 255;
    const share = (value - range.low) / span;
    return colors[Math.max(0, Math.min(255, Math.round(255 * share)))]!;
  });
  frame.levels.forEach((level, index) => (pixels[index] = table[level]!));
  return image;
}
