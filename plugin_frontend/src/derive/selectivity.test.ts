import { expect, test } from 'vitest';
import type { StatisticsAt } from '../model/statistics';
import { selectiveSince, selectivityOf, selectivityProblem } from './selectivity';

/** Statistics of one channel: its mean and deviation for each probe. */
function at(step: number, ...probes: [mean: number, std: number][]): StatisticsAt {
  const values = probes.flatMap(([mean, std]) => [0, 9, mean, std, 0, 0]);
  const count = probes.length;
  return { step, wallTime: step, probes: count, channels: 1, values: Float32Array.from(values) };
}

test('it is the distance to the values of all other probes, in their deviation', () => {
  // The others' values: means 1 and 3, deviation 1 each; together mean 2, variance 1 + 1.
  expect(selectivityOf(at(0, [6, 5], [1, 1], [3, 1]), 0, 0)).toBeCloseTo(4 / Math.SQRT2);
  expect(selectivityOf(at(0, [6, 5], [1, 1], [3, 1]), 1, 0)).toBeLessThan(0);
});

test('a channel that is alive for one probe alone is selective without bound', () => {
  expect(selectivityOf(at(0, [1, 1], [0, 0], [0, 0]), 0, 0)).toBe(Infinity);
  expect(selectivityOf(at(0, [0, 0], [0, 0], [0, 0]), 0, 0)).toBe(0);
});

test('without others, and where values are not finite, it is not known', () => {
  expect(selectivityOf(at(0, [1, 1]), 0, 0)).toBeNull();
  expect(selectivityOf(at(0, [1, 1], [NaN, 1]), 0, 0)).toBeNull();
  expect(selectivityOf(at(0, [1, 1], [0, 1]), 2, 0)).toBeNull();
  expect(selectivityOf(undefined, 0, 0)).toBeNull();
});

test('it is selective since the first step from which on it stays so', () => {
  const plain = (step: number) => at(step, [1, 1], [1, 1]);
  const selective = (step: number) => at(step, [4, 1], [1, 1]);
  const since = (...statistics: StatisticsAt[]) => selectiveSince(statistics, 0, 0);
  expect(since(plain(0), selective(5), plain(10), selective(15), selective(20))).toBe(15);
  expect(since(selective(0), selective(5))).toBe(0);
  expect(since(selective(0), plain(5))).toBeNull();
});

test('it says what is missing', () => {
  expect(selectivityProblem(1, true)).toContain('one probe');
  expect(selectivityProblem(2, false)).toContain('third probe');
  expect([selectivityProblem(2, true), selectivityProblem(3, false)]).toEqual([null, null]);
});
