import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { cellAt, strongestAt, valuesAt } from './pixel';

/** Three channels of 2 × 2, side by side. */
const picture: Picture = {
  width: 6,
  height: 2,
  levels: Uint8Array.from(
    [
      [0, 255, 255, 0, 51, 0],
      [0, 0, 0, 255, 0, 255],
    ].flat(),
  ),
  scale: {
    ...{ channels: 3, tileHeight: 2, tileWidth: 2, columns: 3 },
    lo: Float32Array.from([0, -1, 0]),
    hi: Float32Array.from([1, 2, 5]),
  },
};

test('a point of the probe lies in the cell at the same share of both sides', () => {
  const { scale } = picture;
  expect(cellAt(scale, { x: 0, y: 0.49 })).toEqual({ row: 0, column: 0 });
  expect(cellAt(scale, { x: 0.5, y: 1 })).toEqual({ row: 1, column: 1 });
});

test('the channels stand in the order of their values there', () => {
  expect([...valuesAt(picture, 0, 0)]).toEqual([0, 2, 1]);
  expect(strongestAt(picture, 0, 0)).toEqual([1, 2, 0]);
  expect(strongestAt(picture, 1, 1)).toEqual([2, 1, 0]);
});
