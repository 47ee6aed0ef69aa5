import { expect, test } from 'vitest';
import type { Statistics } from '../model/statistics';
import { channelState, deadSince, deathOrder, healthOf } from './health';

type Channel = 'active' | 'zero' | 'constant' | 'broken';
const VALUES: Record<Channel, readonly number[]> = {
  active: [0, 1, 0.5, 0.1, 0.2, 0],
  zero: [0, 0, 0, 0, 1, 0],
  constant: [0.999, 1, 1, 0.0005, 0, 0],
  broken: [NaN, NaN, NaN, NaN, 0, 1],
};

/** Statistics of one channel: for each step how it is for each probe. */
function channel(...steps: Channel[][]): Statistics {
  return steps.map((probes, step) => ({
    step,
    wallTime: step,
    probes: probes.length,
    channels: 1,
    values: Float32Array.from(probes.flatMap((state) => VALUES[state])),
  }));
}

test('zero for this probe now is inactive, zero for every probe and step since is dead', () => {
  const statistics = channel(
    ['zero', 'zero'],
    ['zero', 'active'],
    ['zero', 'zero'],
    ['zero', 'zero'],
  );
  const states = [0, 1, 2, 3].map((index) => channelState(statistics, index, 0, 0, true));
  expect(states).toEqual(['inactive', 'inactive', 'dead', 'dead']);
  expect(channelState(statistics, 1, 1, 0, true)).toBe('active');
  expect([...deadSince(statistics)]).toEqual([2]);
});

test('a channel that lives at the end was never dead', () => {
  const statistics = channel(['zero'], ['zero'], ['active']);
  expect(channelState(statistics, 0, 0, 0, true)).toBe('inactive');
  expect([...deadSince(statistics)]).toEqual([3]);
});

test('one value all over is constant, unless there is only one', () => {
  const statistics = channel(['constant']);
  expect(channelState(statistics, 0, 0, 0, true)).toBe('constant');
  expect(channelState(statistics, 0, 0, 0, false)).toBe('active');
});

test('NaN and Inf come before all else', () => {
  expect(channelState(channel(['broken']), 0, 0, 0, true)).toBe('notFinite');
});

test('a layer counts its channels, and says nothing of a step without statistics', () => {
  const statistics = channel(['zero', 'active']);
  const counts = { inactive: 1, dead: 0, constant: 0, notFinite: 0, channels: 1 };
  expect(healthOf(statistics, 0, 0, true)).toEqual(counts);
  expect(healthOf(statistics, 5, 0, true)).toBeNull();
});

test('channels stand in the order of their deaths, the living in that of their numbers', () => {
  const zero = [0, 0, 0, 0, 1, 0];
  const alive = [0, 1, 0.5, 0.1, 0.2, 0];
  const at = (step: number, ...channels: number[][]) => ({
    ...{ step, wallTime: step, probes: 1, channels: channels.length },
    values: Float32Array.from(channels.flat()),
  });
  const statistics = [at(0, alive, alive, alive, zero), at(1, alive, alive, zero, zero)];
  expect(deathOrder(statistics)).toEqual([3, 2, 0, 1]);
});
