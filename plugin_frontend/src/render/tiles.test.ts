import { expect, test } from 'vitest';
import { frameOf, levelAt } from './tiles';

const picture = {
  width: 4,
  height: 4,
  levels: Uint8Array.from({ length: 16 }, (_, index) => index),
  scale: {
    channels: 3,
    tileHeight: 2,
    tileWidth: 2,
    columns: 2,
    lo: Float32Array.from([0, -1, 2]),
    hi: Float32Array.from([1, 5, 3]),
  },
};

test('a frame is the tile of its channel', () => {
  const frame = frameOf(picture, 2, 7);
  expect(frame).toMatchObject({ step: 7, width: 2, height: 2, lo: 2, hi: 3 });
  expect([...frame.levels]).toEqual([8, 9, 12, 13]);
  expect([...frameOf(picture, 1, 7).levels]).toEqual([2, 3, 6, 7]);
});

test('levels are read where the atlas holds them, and nowhere else', () => {
  expect(levelAt(picture, 2, 1, 1)).toBe(13);
  expect(levelAt(picture, 3, 0, 0)).toBeNull();
  expect(levelAt(picture, 0, 2, 0)).toBeNull();
});
