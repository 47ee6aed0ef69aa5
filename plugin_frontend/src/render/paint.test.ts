import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { colormap } from './colormap';
import { layoutGrid } from './grid';
import { paintGrid } from './paint';
import { levelAt } from './tiles';

/** Three channels of 2×3 in a grid of two columns; channel c holds 60·c + 10·row + column. */
function picture(): Picture {
  const [width, height] = [6, 4];
  const levels = new Uint8Array(width * height);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        const top = Math.floor(channel / 2) * 2 + row;
        levels[top * width + (channel % 2) * 3 + column] = 60 * channel + 10 * row + column;
      }
    }
  }
  const lo = new Float32Array(3);
  const hi = Float32Array.from([1, 1, 1]);
  return {
    width,
    height,
    levels,
    scale: { channels: 3, tileHeight: 2, tileWidth: 3, columns: 2, lo, hi },
  };
}

test('levels are read where the atlas holds them', () => {
  expect(levelAt(picture(), 2, 1, 2)).toBe(132);
});

test('every pixel of the grid shows its level, zoomed and in the order given', () => {
  const layout = layoutGrid(2, 3, 2, { width: 200, height: 100 });
  const target = new Uint32Array(layout.width * layout.height);
  const order = [2, 0];
  const grey = colormap('grey');
  paintGrid(target, picture(), layout, order, grey, () => ({ low: 0, high: 1 }));
  for (let y = 0; y < layout.height; y++) {
    for (let x = 0; x < layout.width; x++) {
      const pitch = 3 * layout.zoomX + layout.gapX;
      const column = Math.floor((x % pitch) / layout.zoomX);
      const cell = Math.floor(x / pitch);
      const inTile = column < 3 && y < 2 * layout.zoomY;
      const level = inTile
        ? levelAt(picture(), order[cell]!, Math.floor(y / layout.zoomY), column)
        : 0;
      expect(target[y * layout.width + x]).toBe(inTile ? grey[level!] : 0);
    }
  }
});
