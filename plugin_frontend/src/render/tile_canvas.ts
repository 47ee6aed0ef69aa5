import type { Picture, Range } from '../model/picture';
import { paintFrame } from './frame';
import { frameOf } from './tiles';

const GAP = 2;

/**
 * Some channels on a canvas of their own, about as wide as high.
 *
 * @param zoom how many pixels of the canvas each value takes, a whole number.
 */
export function tileCanvas(
  picture: Picture,
  channels: readonly number[],
  colors: Uint32Array,
  rangeOf: (channel: number) => Range,
  zoom: number,
): OffscreenCanvas {
  const { tileWidth, tileHeight } = picture.scale;
  const [width, height] = [tileWidth * zoom, tileHeight * zoom];
  const count = Math.max(1, channels.length);
  const columns = Math.max(1, Math.min(count, Math.ceil(Math.sqrt((count * height) / width))));
  const rows = Math.ceil(count / columns);
  const canvas = new OffscreenCanvas(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  const tile = new OffscreenCanvas(tileWidth, tileHeight);
  const pen = tile.getContext('2d')!;
  channels.forEach((channel, cell) => {
    const pixels = paintFrame(frameOf(picture, channel, 0), colors, rangeOf(channel));
    pen.putImageData(pixels, 0, 0);
    const left = (cell % columns) * (width + GAP);
    const top = Math.floor(cell / columns) * (height + GAP);
    context.drawImage(tile, left, top, width, height);
  });
  return canvas;
}
