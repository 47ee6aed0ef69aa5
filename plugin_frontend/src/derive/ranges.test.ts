import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { rangesOf, rangesOverSteps, type Ranging, type Span } from './ranges';

function picture(lo: number[], hi: number[]): Picture {
  const channels = lo.length;
  const tile = { tileHeight: 1, tileWidth: 1, columns: channels };
  const scale = { channels, ...tile, lo: Float32Array.from(lo), hi: Float32Array.from(hi) };
  return { width: channels, height: 1, levels: new Uint8Array(channels), scale };
}

const at = (step: number, low: number, high: number) => ({
  ...{ step, wallTime: step, probes: 1, channels: 1 },
  values: Float32Array.from([low, high, 0, 0, 0, 0]),
});
const span = (one: Picture, statistics?: Span['statistics']): Span => ({
  picture: one,
  statistics,
  probe: 0,
});

const by = (scaling: Ranging['scaling'], change: Partial<Ranging> = {}): Ranging => ({
  ...{ scaling, symmetric: false, clip: 0, low: null, high: null },
  ...change,
});

test('a channel alone has its own range, around zero for diverging colours', () => {
  const spans = [span(picture([-1, 0], [2, 4]))];
  expect(rangesOf(spans, by('channel'))(0)).toEqual({ low: -1, high: 2 });
  expect(rangesOf(spans, by('channel', { symmetric: true }))(0)).toEqual({ low: -2, high: 2 });
  expect(rangesOf(spans, by('layer'))(1)).toEqual({ low: -1, high: 4 });
});

test('panes share their ranges, so that equal colours mean equal values', () => {
  const spans = [span(picture([0], [1])), span(picture([-3], [0.5]))];
  expect(rangesOf(spans, by('channel'))(0)).toEqual({ low: -3, high: 1 });
  expect(rangesOf(spans, by('layer'))(0)).toEqual({ low: -3, high: 1 });
});

test('over steps the range is that of all steps, and grows with them', () => {
  const one = picture([0], [1]);
  const before = [at(0, 0, 1)];
  const after = [...before, at(5, -2, 7)];
  const ranges = (statistics: typeof before) => rangesOf([span(one, statistics)], by('steps'));
  expect(ranges(before)(0)).toEqual({ low: 0, high: 1 });
  expect(ranges(after)(0)).toEqual({ low: -2, high: 7 });
  expect(ranges(after)).not.toBe(ranges(before));
  expect(ranges(after)).toBe(ranges(after));
});

test('what is not finite is left out of the ranges', () => {
  expect(rangesOverSteps([at(0, NaN, Infinity)], 0)).toEqual([{ low: 0, high: 0 }]);
  expect(rangesOverSteps([at(0, NaN, Infinity), at(1, 2, 3)], 0)).toEqual([{ low: 2, high: 3 }]);
});

test('an end that is set by hand holds for all channels, if it leaves room', () => {
  const spans = [span(picture([-1, 0], [2, 4]))];
  expect(rangesOf(spans, by('channel', { low: -5 }))(1)).toEqual({ low: -5, high: 4 });
  expect(rangesOf(spans, by('layer', { low: 0, high: 1 }))(0)).toEqual({ low: 0, high: 1 });
  expect(rangesOf(spans, by('channel', { low: 3 }))(0)).toEqual({ low: -1, high: 2 });
});
