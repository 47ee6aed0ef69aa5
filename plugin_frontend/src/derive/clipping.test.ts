import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { clippedChannelRange, clippedLayerRange } from './clipping';

/** Two channels of 10 × 10: levels 0…99 of 0…255, and one value all over. */
const picture: Picture = {
  width: 20,
  height: 10,
  levels: Uint8Array.from({ length: 200 }, (_, at) =>
    at % 20 < 10 ? 10 * Math.floor(at / 20) + (at % 20) : 0,
  ),
  scale: {
    ...{ channels: 2, tileHeight: 10, tileWidth: 10, columns: 2 },
    lo: Float32Array.of(0, 7),
    hi: Float32Array.of(255, 7),
  },
};

test('a share of the values is cut off at either end', () => {
  expect(clippedChannelRange(picture, 0, 0)).toEqual({ low: 0, high: 99 });
  expect(clippedChannelRange(picture, 0, 0.1)).toEqual({ low: 10, high: 89 });
});

test('where one value is left, nothing is cut off', () => {
  expect(clippedChannelRange(picture, 1, 0.1)).toEqual({ low: 7, high: 7 });
});

test('those of a layer are of all its channels', () => {
  const { low, high } = clippedLayerRange(picture, 0.1);
  expect(low).toBeCloseTo(7, 0);
  expect(high).toBeCloseTo(79, 0);
});
