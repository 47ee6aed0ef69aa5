import { expect, test } from 'vitest';
import type { StatisticsAt } from '../model/statistics';
import { onsetsOf } from './onset';

/** Statistics of two probes: for each channel its mean for the first; the other's is 0 ± 1. */
function at(step: number, ...means: number[]): StatisticsAt {
  const own = means.flatMap((mean) => [0, 0, mean, 1, 0, 0]);
  const other = means.flatMap(() => [0, 0, 0, 1, 0, 0]);
  const values = Float32Array.from([...own, ...other]);
  return { step, wallTime: step, probes: 2, channels: means.length, values };
}

test('selective channels stand in the order in which they became so', () => {
  const statistics = [at(0, 0, 5, 0, 5), at(10, 5, 5, 0, 0), at(20, 5, 5, 0, 5)];
  expect(onsetsOf(statistics, 0)).toEqual([
    { channel: 1, since: 0 },
    { channel: 0, since: 10 },
    { channel: 3, since: 20 },
  ]);
  expect(onsetsOf(statistics, 1)).toEqual([]);
});
