import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { pictureOf } from '../testing/pictures';
import { BROKEN, spanning, statisticsAt } from '../testing/statistics';
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
const span = (shown: Picture, statistics?: Span['statistics']): Span => ({
  picture: shown,
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
  const shown = picture([0], [1]);
  const before = [at(0, 0, 1)];
  const after = [...before, at(5, -2, 7)];
  const ranges = (statistics: typeof before) => rangesOf([span(shown, statistics)], by('steps'));
  expect(ranges(before)(0)).toEqual({ low: 0, high: 1 });
  expect(ranges(after)(0)).toEqual({ low: -2, high: 7 });
  expect(ranges(after)).not.toBe(ranges(before));
  expect(ranges(after)).toBe(ranges(after));
});

test('what is not finite is left out of the ranges', () => {
  expect(rangesOverSteps([at(0, NaN, Infinity)], 0)).toEqual([null]);
  expect(rangesOverSteps([at(0, NaN, Infinity), at(1, 2, 3)], 0)).toEqual([{ low: 2, high: 3 }]);
});

test('an end that is set by hand holds for all channels, if it leaves room', () => {
  const spans = [span(picture([-1, 0], [2, 4]))];
  expect(rangesOf(spans, by('channel', { low: -5 }))(1)).toEqual({ low: -5, high: 4 });
  expect(rangesOf(spans, by('layer', { low: 0, high: 1 }))(0)).toEqual({ low: 0, high: 1 });
  expect(rangesOf(spans, by('channel', { low: 3 }))(0)).toEqual({ low: -1, high: 2 });
});

test('no pane has the range of zero alone, and a channel that a picture lacks too', () => {
  for (const scaling of ['channel', 'layer', 'steps'] as const) {
    expect(rangesOf([], by(scaling))(0)).toEqual({ low: 0, high: 0 });
  }
  expect(rangesOf([span(picture([1], [2]))], by('channel'))(5)).toEqual({ low: 0, high: 0 });
});

test('over steps each channel and each probe has its own range', () => {
  const statistics = [
    statisticsAt(0, [spanning(0, 1), spanning(-9, -8)], [spanning(5, 6), spanning(7, 8)]),
    statisticsAt(5, [spanning(2, 3), spanning(-7, -7)], [spanning(4, 9), spanning(7, 7)]),
  ];
  expect(rangesOverSteps(statistics, 0)).toEqual([
    { low: 0, high: 3 },
    { low: -9, high: -7 },
  ]);
  expect(rangesOverSteps(statistics, 1)).toEqual([
    { low: 4, high: 9 },
    { low: 7, high: 8 },
  ]);
  expect(rangesOverSteps([], 0)).toEqual([]);
});

test('over steps nothing is added for a probe or channel of which no step tells', () => {
  const shown = picture([3, 3], [4, 4]);
  const statistics = [statisticsAt(0, [spanning(2, 5)])];
  const ranges = rangesOf([{ ...span(shown, statistics), probe: 7 }], by('steps'));
  expect(ranges(0)).toEqual({ low: 3, high: 4 });
  const broken = [statisticsAt(0, [BROKEN, BROKEN])];
  expect(rangesOf([span(shown, broken)], by('steps'))(1)).toEqual({ low: 3, high: 4 });
  expect(rangesOf([span(shown, statistics)], by('steps'))(1)).toEqual({ low: 3, high: 4 });
});

test('over steps the panes share their ranges, and each is read at its own probe', () => {
  const statistics = [statisticsAt(0, [spanning(0, 1)], [spanning(-4, 0)])];
  const spans = [0, 1].map((probe) => ({ ...span(picture([0], [1]), statistics), probe }));
  expect(rangesOf(spans, by('steps'))(0)).toEqual({ low: -4, high: 1 });
});

test('a share that is cut off narrows channels and layers, and not what is fixed over steps', () => {
  const levels = Array.from({ length: 100 }, (_, at) => at);
  const wide = pictureOf({ lo: [0], hi: [255], maps: [levels], tileWidth: 10, tileHeight: 10 });
  const spans = [span(wide, [statisticsAt(0, [spanning(0, 255)])])];
  expect(rangesOf(spans, by('channel', { clip: 0.05 }))(0)).toEqual({ low: 5, high: 94 });
  const layer = rangesOf(spans, by('layer', { clip: 0.05 }))(0);
  expect([Math.round(layer.low), Math.round(layer.high)]).toEqual([5, 94]);
  expect(rangesOf(spans, by('steps', { clip: 0.05 }))(0)).toEqual({ low: 0, high: 255 });
});

test.each<[Partial<Ranging>, { low: number; high: number }]>([
  [
    { low: 0, high: 0 },
    { low: -1, high: 2 },
  ],
  [
    { low: 5, high: 1 },
    { low: -1, high: 2 },
  ],
  [{ high: -3 }, { low: -1, high: 2 }],
  [{ high: 1 }, { low: -1, high: 1 }],
  [
    { symmetric: true, low: 0 },
    { low: 0, high: 2 },
  ],
])('ends of %j make the range %j', (change, expected) => {
  expect(rangesOf([span(picture([-1], [2]))], by('channel', change))(0)).toEqual(expected);
});

test('the same panes have the same ranges, so that nothing is painted again', () => {
  const spans = () => [span(narrow), span(wide)];
  const [narrow, wide] = [picture([0], [1]), picture([0], [2])];
  const first = rangesOf(spans(), by('channel'));
  expect(rangesOf(spans(), by('channel'))).toBe(first);
  expect(rangesOf(spans(), by('layer'))).not.toBe(first);
  expect(rangesOf([span(narrow)], by('channel'))).not.toBe(first);
});
