import { expect, test } from 'vitest';
import type { FrameAsk } from '../data/asks';
import type { Library } from '../data/library';
import { LOADING, type Loadable } from '../model/loadable';
import type { Frame } from '../model/picture';
import { BROKEN, ACTIVE, statisticsAt } from '../testing/statistics';
import { captureAt, ready, seriesOf, testPane } from '../testing/test_pane';
import { filmAsksOf, filmCaptures, filmOf } from './film';

const captures = (count: number) => Array.from({ length: count }, (_, i) => captureAt(10 * i));
const paneOver = (count: number, probe = 0) =>
  testPane({ probe, captures: ready(seriesOf(...captures(count))) });
const frameAt = (step: number, lo: number, hi: number): Loadable<Frame> =>
  ready({ step, width: 1, height: 1, levels: Uint8Array.of(0), lo, hi });

/** A library that holds the frames of some steps. */
function holding(frames: ReadonlyMap<number, Loadable<Frame>>): Library {
  const peek = ({ step }: FrameAsk) => frames.get(step) ?? LOADING;
  return { frames: { peek } } as unknown as Library;
}

test.each([0, 1, 9, 100])('of %d captures all are in the film', (count) => {
  expect(filmCaptures(captures(count), 0)).toHaveLength(count);
});

test.each([101, 150, 199, 200, 1000, 1001])(
  'of %d captures some are, evenly from the first to the newest',
  (count) => {
    const steps = filmCaptures(captures(count), 0).map(({ step }) => step / 10);
    expect([steps.length, steps[0], steps.at(-1)]).toEqual([100, 0, count - 1]);
    const strides = steps.slice(1).map((step, i) => step - steps[i]!);
    expect(Math.max(...strides) - Math.min(...strides)).toBeLessThanOrEqual(1);
    expect(Math.min(...strides)).toBeGreaterThan(0);
  },
);

test('each frame is that of its own capture, channel and probe', () => {
  const [first, second] = filmAsksOf(paneOver(2, 1), 5);
  expect(first).toMatchObject({ step: 0, channel: 5, picture: { blob: '0/1' } });
  expect(second).toMatchObject({ step: 10, channel: 5, picture: { blob: '10/1' } });
});

test('captures without a picture of the probe are left out', () => {
  const items = [captureAt(0, 1), captureAt(10, 2)];
  const pane = testPane({ probe: 1, captures: ready(seriesOf(...items)) });
  expect(filmAsksOf(pane, 0).map(({ step }) => step)).toEqual([10]);
});

test('a map over channels leaves out at each step those that are not finite there', () => {
  const statistics = seriesOf(
    statisticsAt(0, [ACTIVE, BROKEN, ACTIVE]),
    statisticsAt(10, [ACTIVE, ACTIVE, ACTIVE]),
  );
  const pane = { ...paneOver(2), statistics: ready(statistics) };
  expect(filmAsksOf(pane, 'mean').map(({ leftOut }) => leftOut)).toEqual([[1], []]);
  expect(filmAsksOf(pane, 1).map(({ leftOut }) => leftOut)).toEqual([[], []]);
});

test('the same film is the same object, and another once a frame has come', () => {
  const pane = paneOver(2);
  const [first, second] = [frameAt(0, 0, 1), frameAt(10, -3, 0.5)];
  const ask = (...frames: [number, Loadable<Frame>][]) => filmOf(holding(new Map(frames)), pane, 0);
  expect(ask([0, first])).toBe(ask([0, first]));
  expect(ask([0, first])).toMatchObject({ complete: false, range: { low: 0, high: 1 } });
  const whole = ask([0, first], [10, second]);
  expect(whole).toMatchObject({ complete: true, steps: [0, 10], range: { low: -3, high: 1 } });
});

test('a frame that can’t be had is in its place, and the film is never complete', () => {
  const failed: Loadable<Frame> = { status: 'failed', message: 'damaged' };
  const film = filmOf(holding(new Map([[0, failed]])), paneOver(1), 0);
  expect(film).toMatchObject({ complete: false, frames: [failed], range: { low: 0, high: 0 } });
});

test('while captures are not known there is none', () => {
  expect(filmOf(holding(new Map()), testPane(), 0)).toBeNull();
  expect(filmOf(holding(new Map()), paneOver(0), 0)).toMatchObject({ frames: [], captures: 0 });
});
