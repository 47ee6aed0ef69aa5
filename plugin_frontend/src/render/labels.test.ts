import { expect, test } from 'vitest';
import { spreadLabels } from './labels';

test('labels apart stay where they are', () => {
  expect(spreadLabels([50, 10], 12, 100)).toEqual([50, 10]);
});

test.each([
  [[10, 11, 12], 100],
  [[99, 100, 100], 100],
  [[-5, -5, 30, 31, 99], 100],
])('none of %j overlap, and all stay within', (wanted, room) => {
  const places = spreadLabels(wanted, 12, room).map((place) => place!);
  const sorted = [...places].sort((a, b) => a - b);
  expect(sorted[0]!).toBeGreaterThanOrEqual(0);
  expect(sorted.at(-1)!).toBeLessThanOrEqual(room);
  sorted.slice(1).forEach((place, i) => expect(place - sorted[i]!).toBeGreaterThanOrEqual(12));
});

test('what has no room is left out', () => {
  expect(spreadLabels([0, 1, 2], 12, 12).filter((place) => place !== null)).toHaveLength(2);
});
