import type { Frame, Range } from '../model/picture';
import { TOP_LEVEL } from './levels';

/** A frame's pixels in colours that span a range, one a value. */
export function paintFrame(frame: Frame, colors: Uint32Array, range: Range): ImageData {
  const image = new ImageData(frame.width, frame.height);
  const pixels = new Uint32Array(image.data.buffer);
  const span = range.high - range.low || 1;
  const table = Uint32Array.from({ length: TOP_LEVEL + 1 }, (_, level) => {
    const value = frame.lo + ((frame.hi - frame.lo) * level) / TOP_LEVEL;
    const share = (value - range.low) / span;
    return colors[Math.max(0, Math.min(TOP_LEVEL, Math.round(TOP_LEVEL * share)))]!;
  });
  frame.levels.forEach((level, index) => (pixels[index] = table[level]!));
  return image;
}
