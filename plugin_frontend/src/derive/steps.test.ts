import { expect, test } from 'vitest';
import { nearestIndex } from './steps';

test.each([
  [[0, 10, 20], -5, 0],
  [[0, 10, 20], 4, 0],
  [[0, 10, 20], 5, 0],
  [[0, 10, 20], 6, 1],
  [[0, 10, 20], 10, 1],
  [[0, 10, 20], 99, 2],
  [[0, 10, 20], Infinity, 2],
  [[7], 3, 0],
  [[], 3, -1],
])('in %j the nearest to %d is at %d', (steps, wanted, index) => {
  expect(nearestIndex(steps, wanted)).toBe(index);
});
