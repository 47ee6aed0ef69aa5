import { expect, test } from 'vitest';
import { smoothed } from './smoothing';

test('no weight of the past leaves values as they are', () => {
  expect(smoothed([1, null, 3], 0)).toEqual([1, null, 3]);
});

test('a constant stays one from the first point on', () => {
  for (const value of smoothed([2, 2, 2], 0.9)) expect(value).toBeCloseTo(2);
});

test('the past weighs as it should, and gaps stay gaps', () => {
  expect(smoothed([0, null, 1], 0.5)).toEqual([0, null, 2 / 3]);
});
