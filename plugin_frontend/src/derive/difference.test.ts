import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { levelValue } from '../render/levels';
import { differencePicture } from './difference';

/** Channels of 1 × 2, in an atlas of so many columns. */
function pictureOf(levels: number[], lo: number[], hi: number[], columns: number): Picture {
  const channels = lo.length;
  const rows = Math.ceil(channels / columns);
  const scale = { channels, tileHeight: 1, tileWidth: 2, columns };
  return {
    ...{ width: 2 * columns, height: rows, levels: Uint8Array.from(levels) },
    scale: { ...scale, lo: Float32Array.from(lo), hi: Float32Array.from(hi) },
  };
}

test('a difference is in the true unit, around zero, whatever the atlases’ columns', () => {
  const from = pictureOf([0, 255, 255, 0], [0, 1], [1, 3], 2);
  const to = pictureOf([255, 255, 0, 0], [0, 2], [5, 2], 1);
  const { scale, levels } = differencePicture(from, to)!;
  expect([...scale.hi]).toEqual([5, 1]);
  expect([...scale.lo]).toEqual([-5, -1]);
  const values = [...levels].map((level, at) => levelValue(scale, at >> 1, level));
  [5, 4, -1, 1].forEach((wanted, at) => {
    expect(Math.abs(values[at]! - wanted)).toBeLessThanOrEqual(scale.hi[at >> 1]! / 255);
  });
});

test('what is the same differs by nothing', () => {
  const picture = pictureOf([7, 9], [1], [2], 1);
  expect([...differencePicture(picture, picture)!.scale.hi]).toEqual([0]);
});

test('values at either end of what float32 holds have a difference', () => {
  const [least, most] = [
    pictureOf([0, 0], [-3e38], [-3e38], 1),
    pictureOf([0, 0], [3e38], [3e38], 1),
  ];
  const { scale, levels } = differencePicture(least, most)!;
  expect(scale.hi[0]! / 6e38).toBeCloseTo(1);
  expect(levelValue(scale, 0, levels[0]!) / 6e38).toBeCloseTo(1);
});

test('maps of different sizes have no difference', () => {
  const [small, large] = [
    pictureOf([0, 0], [0], [1], 1),
    pictureOf([0, 0, 0, 0], [0, 0], [1, 1], 2),
  ];
  expect(differencePicture(small, large)).toBeNull();
});
