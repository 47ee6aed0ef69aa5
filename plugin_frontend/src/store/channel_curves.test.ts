import { expect, test } from 'vitest';
import type { HeadOutputs, Stats } from '../api/types';
import { channelColumns, classColumns, learnedAt } from './channel_curves';

function head(name: string, values: (number | null)[][]): HeadOutputs {
  const steps = values.map((row, i) => ({ step: 10 * i, wall_time: 0, values: [row] }));
  return { tag: name, name, role: 'main', weight: 1, class_names: [], steps };
}

test('what is not finite is a gap in the curves of a channel', () => {
  const values = Float32Array.from([NaN, 2, 1]);
  const stats: Stats = {
    columns: ['min', 'max', 'mean'],
    steps: [{ step: 3, shape: [1, 1, 3], values }],
  };
  expect(channelColumns(stats, 0, 0)).toEqual([[3], [null], [1], [2]]);
});

test('heads that were logged at different steps share the axis', () => {
  const late = { ...head('b', [[0, 1]]), steps: [{ step: 5, wall_time: 0, values: [[0, 1]] }] };
  expect(classColumns([head('a', [[0.5, 0.5]]), late], 0, 1)).toEqual([
    [0, 5],
    [0.5, null],
    [null, 1],
  ]);
});

test('a class is learned from the step on at which it stays the best', () => {
  const rows = [
    [0.9, 0.1],
    [0.2, 0.8],
    [0.6, 0.4],
    [0.1, 0.9],
    [0, 1],
  ];
  expect(learnedAt(head('a', rows), 0, 1)).toBe(30);
  expect(learnedAt(head('a', rows), 0, 0)).toBeNull();
  expect(learnedAt(head('a', [[0.5, 0.5]]), 0, 0)).toBeNull();
});
