import { expect, test } from 'vitest';
import type { Stats } from '../api/types';
import {
  changeAt,
  channelOrder,
  channelState,
  healthOf,
  isDead,
  rangesOverSteps,
  statistic,
} from './channels';

const COLUMNS = ['min', 'max', 'mean', 'std', 'zeros', 'nonfinite'];
const stats: Stats = {
  columns: COLUMNS,
  steps: [0, 5].map((step) => ({
    step,
    shape: [1, 3, 6],
    values: Float32Array.from([
      ...[0, 1 + step, 0.5, 0.1, 0.2, 0],
      ...[0, 0, 0, 0, 1, 0],
      ...[NaN, NaN, NaN, NaN, 0, 1],
    ]),
  })),
};

test('a statistic is found by step, probe, channel and column', () => {
  expect(statistic(stats, 5, 0, 0, 'max')).toBe(6);
  expect(statistic(stats, 7, 0, 0, 'max')).toBeNull();
  expect(statistic(undefined, 5, 0, 0, 'max')).toBeNull();
  expect(statistic(stats, 5, 0, 0, 'nothing')).toBeNull();
});

test('health counts dead channels and those with values that are not finite', () => {
  const health = { dead: 1, saturated: 0, notFinite: 1, channels: 3 };
  expect(healthOf(stats, 0, 0)).toEqual(health);
  expect(isDead(stats, 0, 0, 1)).toBe(true);
  expect(healthOf(undefined, 0, 0)).toBeNull();
});

test('channels are ordered, those without a number last, and the dead can be hidden', () => {
  expect(channelOrder(stats, 0, 0, 3, 'index', false)).toEqual([0, 1, 2]);
  expect(channelOrder(stats, 0, 0, 3, 'mean', false)).toEqual([0, 1, 2]);
  expect(channelOrder(stats, 0, 0, 3, 'zeros', false)).toEqual([1, 0, 2]);
  expect(channelOrder(stats, 0, 0, 3, 'index', true)).toEqual([0, 2]);
});

test('a channel that has one value all over is saturated, unless it has only one', () => {
  const values = Float32Array.from([0.999, 1, 1, 0.0005, 0, 0]);
  const stuck: Stats = { columns: COLUMNS, steps: [{ step: 0, shape: [1, 1, 6], values }] };
  expect(channelState(stuck, 0, 0, 0, true)).toBe('saturated');
  expect(channelState(stuck, 0, 0, 0, false)).toBe('active');
});

test('change is relative to the deviation, and unknown at the first capture', () => {
  const moving: Stats = {
    columns: COLUMNS,
    steps: [1, 2].map((mean, step) => ({
      step,
      shape: [1, 1, 6],
      values: Float32Array.from([0, 3, mean, 0.5, 0, 0]),
    })),
  };
  expect(changeAt(moving, 0, 0, 0)).toBeNull();
  expect(changeAt(moving, 1, 0, 0)).toBe(1);
  expect(channelOrder(moving, 1, 0, 1, 'change', false)).toEqual([0]);
});

test('ranges over steps leave out what is not finite', () => {
  expect(rangesOverSteps(stats, 0)).toEqual([
    { low: 0, high: 6 },
    { low: 0, high: 0 },
    { low: 0, high: 0 },
  ]);
  expect(rangesOverSteps(undefined, 0)).toBeNull();
});
