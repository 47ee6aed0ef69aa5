import { expect, test } from 'vitest';
import { logTicksWithin, ticksWithin } from './ticks';

test('ticks are round and lie within', () => {
  expect(ticksWithin(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticksWithin(-0.13, 0.27, 4)).toEqual([-0.1, 0, 0.1, 0.2]);
  expect(ticksWithin(3, 987, 4)).toEqual([500]);
  expect(ticksWithin(2, 2, 4)).toEqual([2]);
});

test('an axis of logarithms has powers of ten', () => {
  expect(logTicksWithin(0.002, 30)).toEqual([0.01, 0.1, 1, 10]);
  expect(logTicksWithin(1e-12, 1)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
  expect(logTicksWithin(2, 9)).toEqual([2, 4, 6, 8]);
  expect(logTicksWithin(0, 1)).toEqual([]);
});
