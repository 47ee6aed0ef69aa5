import type { Picture, Range } from '../model/picture';
import { tileBox, type GridLayout } from './grid';
import { TOP_LEVEL, isOwnRange, levelTable } from './levels';
import { tileCorner } from './tiles';

/**
 * Paints channels as a grid into the pixels of an ImageData of the layout's size, and leaves what
 * lies between the cells as it is.
 *
 * @param order the channel of each cell.
 * @param rangeOf gives the range of values that a channel's colours span.
 */
export function paintGrid(
  target: Uint32Array,
  picture: Picture,
  layout: GridLayout,
  order: readonly number[],
  colors: Uint32Array,
  rangeOf: (channel: number) => Range,
): void {
  const [table, scratch] = [new Uint8Array(TOP_LEVEL + 1), new Uint32Array(TOP_LEVEL + 1)];
  order.forEach((channel, cell) => {
    const range = rangeOf(channel);
    const pixels = isOwnRange(picture.scale, channel, range)
      ? colors
      : colorsOf(scratch, levelTable(picture.scale, channel, range, table), colors);
    paintTile(target, layout, cell, picture, channel, pixels);
  });
}

function colorsOf(into: Uint32Array, table: Uint8Array, colors: Uint32Array): Uint32Array {
  for (let level = 0; level <= TOP_LEVEL; level++) into[level] = colors[table[level]!]!;
  return into;
}

function paintTile(
  target: Uint32Array,
  layout: GridLayout,
  cell: number,
  picture: Picture,
  channel: number,
  pixels: Uint32Array,
): void {
  const { levels, width } = picture;
  const { tileHeight, tileWidth } = picture.scale;
  const { zoomX, zoomY, width: targetWidth } = layout;
  const corner = tileCorner(picture.scale, channel);
  const { left, top } = tileBox(layout, cell);
  for (let row = 0; row < tileHeight; row++) {
    const source = (corner.top + row) * width + corner.left;
    const start = (top + row * zoomY) * targetWidth + left;
    let at = start;
    for (let column = 0; column < tileWidth; column++) {
      const pixel = pixels[levels[source + column]!]!;
      for (const end = at + zoomX; at < end; at++) target[at] = pixel;
    }
    for (let line = 1; line < zoomY; line++) {
      target.copyWithin(start + line * targetWidth, start, at);
    }
  }
}
