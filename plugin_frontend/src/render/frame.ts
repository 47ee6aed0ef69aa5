import type { Frame, Range } from '../model/picture';
import { levelTable } from './levels';

/** A frame's pixels in colours that span a range, one a value. */
export function paintFrame(frame: Frame, colors: Uint32Array, range: Range): ImageData {
  const image = new ImageData(frame.width, frame.height);
  const pixels = new Uint32Array(image.data.buffer);
  const table = levelTable({ lo: [frame.lo], hi: [frame.hi] }, 0, range);
  frame.levels.forEach((level, index) => (pixels[index] = colors[table[level]!]!));
  return image;
}
