import { expect, test } from 'vitest';
import type { StatisticsAt } from '../model/statistics';
import { changeBetween, channelOrder, statisticsBefore } from './channel_order';

function at(step: number, ...channels: number[][]): StatisticsAt {
  const values = Float32Array.from(channels.flat());
  return { step, wallTime: step, probes: 1, channels: channels.length, values };
}

const now = at(5, [0, 1, 0.5, 0.1, 0.2, 0], [0, 0, 0, 0, 1, 0], [NaN, NaN, NaN, NaN, 0, 1]);

test('channels are ordered, those without a number last, and the inactive can be hidden', () => {
  const order = (sort: 'index' | 'mean' | 'zeros', hide = false) =>
    channelOrder(3, now, 0, undefined, 0, sort, hide);
  expect(order('index')).toEqual([0, 1, 2]);
  expect(order('mean')).toEqual([0, 1, 2]);
  expect(order('zeros')).toEqual([1, 0, 2]);
  expect(order('index', true)).toEqual([0, 2]);
});

test('change is that between the two that are compared', () => {
  const before = at(0, [0, 1, 0.5, 0.1, 0, 0], [0, 1, 3, 0.1, 0, 0]);
  const after = at(5, [0, 1, 0.6, 0.1, 0, 0], [0, 1, 0.1, 0.1, 0, 0]);
  const standing = (statistics: StatisticsAt | undefined) => ({ at: statistics, probe: 0 });
  expect(changeBetween(standing(before), standing(after), 0)).toBeCloseTo(0.5);
  expect(changeBetween(standing(undefined), standing(after), 0)).toBeNull();
  expect(channelOrder(2, after, 0, before, 0, 'change', false)).toEqual([1, 0]);
  expect(statisticsBefore([before, after], after)).toBe(before);
  expect(statisticsBefore([before, after], before)).toBeUndefined();
});

test('the same question has the same answer, so that nothing is drawn again', () => {
  const ask = () => channelOrder(3, now, 0, undefined, 0, 'mean', false);
  expect(ask()).toBe(ask());
});
