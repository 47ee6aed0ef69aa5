import { expect, test } from 'vitest';
import { LOADING } from '../model/loadable';
import { PLAIN, type Look } from '../state/look';
import { pictureOf } from '../testing/pictures';
import { ZERO, measured, statisticsAt, type Row } from '../testing/statistics';
import { captureAt, ready, seriesOf, testPane } from '../testing/test_pane';
import { orderOf, rangesOfPanes, statisticsOfPane } from './order';
import type { Pane, Panes } from './panes';

/** Three channels of 1 × 2 pixels. */
const picture = pictureOf({
  ...{ lo: [0, 0, 0], hi: [1, 2, 3], tileWidth: 2 },
  maps: [
    [255, 0],
    [0, 255],
    [51, 51],
  ],
});

/** A pane at step 10 whose channels had these rows at step 0 and have those at step 10. */
function pane(before: readonly Row[], now: readonly Row[], more: Partial<Pane> = {}): Pane {
  const items = [statisticsAt(0, before, before), statisticsAt(10, now, now)];
  return testPane({ picture: ready(picture), statistics: ready(seriesOf(...items)), ...more });
}

const panesOf = (first: Pane, second: Pane | null = null): Panes => ({
  first: { pane: first },
  second: second && { pane: second },
});
const look = (change: Partial<Look>): Look => ({ ...PLAIN, ...change });

const BEFORE = [measured(1, 1), measured(2, 1), measured(3, 1)];
const NOW = [measured(1, 1), measured(9, 3), ZERO];

test('channels stand by their numbers, or by a statistic, the largest first', () => {
  const panes = panesOf(pane(BEFORE, NOW));
  expect(orderOf(panes, PLAIN, null)).toEqual([0, 1, 2]);
  expect(orderOf(panes, look({ sort: 'mean' }), null)).toEqual([1, 0, 2]);
  expect(orderOf(panes, look({ sort: 'zeros' }), null)).toEqual([2, 0, 1]);
});

test('channels that are equal stand by their numbers', () => {
  const panes = panesOf(pane(BEFORE, [ZERO, ZERO, ZERO]));
  expect(orderOf(panes, look({ sort: 'std' }), null)).toEqual([0, 1, 2]);
});

test('change is that since the capture before, and since the step that is compared', () => {
  const first = pane(BEFORE, NOW);
  const sort = look({ sort: 'change' });
  expect(orderOf(panesOf(first), sort, null)).toEqual([2, 1, 0]);
  // The other pane is as the first one is now but for channel 0.
  const other = pane([], [measured(5, 1), ...NOW.slice(1)], { index: 1 });
  expect(orderOf(panesOf(first, other), sort, null)).toEqual([0, 1, 2]);
});

test('at the first capture nothing has changed yet', () => {
  const first = pane(BEFORE, NOW, { capture: captureAt(0) });
  expect(orderOf(panesOf(first), look({ sort: 'change' }), null)).toEqual([0, 1, 2]);
});

test('the order is by the first pane’s statistics, whatever the second has', () => {
  const other = pane([], [measured(99, 1), ZERO, ZERO], { index: 1 });
  expect(orderOf(panesOf(pane(BEFORE, NOW), other), look({ sort: 'mean' }), null)).toEqual([
    1, 0, 2,
  ]);
});

test('inactive channels can be hidden, and only so many shown', () => {
  const panes = panesOf(pane(BEFORE, NOW));
  const hidden = look({ sort: 'mean', hideInactive: true });
  expect(orderOf(panes, hidden, null)).toEqual([1, 0]);
  expect(orderOf(panes, { ...hidden, top: 1 }, null)).toEqual([1]);
  expect(orderOf(panes, { ...hidden, top: 99 }, null)).toEqual([1, 0]);
});

test('where statistics are not known all channels are shown, by their numbers', () => {
  const first = testPane({ picture: ready(picture), statistics: LOADING });
  expect(orderOf(panesOf(first), look({ sort: 'mean', hideInactive: true }), null)).toEqual([
    0, 1, 2,
  ]);
});

test('statistics of another step are none of this capture', () => {
  expect(statisticsOfPane(pane(BEFORE, NOW))?.step).toBe(10);
  expect(statisticsOfPane(pane(BEFORE, NOW, { capture: captureAt(7) }))).toBeUndefined();
  expect(statisticsOfPane(pane(BEFORE, NOW, { capture: null }))).toBeUndefined();
});

test('at a point those that respond most there come first, in a layer that has places', () => {
  const spatial = { ...testPane().layer, shape: [1, 2, 3] };
  const first = pane(BEFORE, NOW, { layer: spatial });
  expect(orderOf(panesOf(first), PLAIN, { x: 0, y: 0 })).toEqual([0, 2, 1]);
  expect(orderOf(panesOf(first), PLAIN, { x: 1, y: 1 })).toEqual([1, 2, 0]);
  expect(orderOf(panesOf(first), look({ hideInactive: true }), { x: 1, y: 1 })).toEqual([1, 0]);
  expect(orderOf(panesOf(pane(BEFORE, NOW)), PLAIN, { x: 1, y: 1 })).toEqual([0, 1, 2]);
});

test('importance that is not known leaves the channels by their numbers', () => {
  expect(orderOf(panesOf(pane(BEFORE, NOW)), look({ sort: 'importance' }), null)).toEqual([
    0, 1, 2,
  ]);
});

test('without a picture there is no order', () => {
  expect(orderOf(panesOf(testPane()), PLAIN, null)).toEqual([]);
  expect(orderOf({ first: { problem: 'gone' }, second: null }, PLAIN, null)).toEqual([]);
});

test.each<[string, Partial<Look>]>([
  ['by numbers', {}],
  ['by a statistic', { sort: 'mean' }],
  ['of the first ones', { top: 2 }],
  ['of active ones', { hideInactive: true }],
  ['by change', { sort: 'change' }],
])('the same order %s is the same object', (_, change) => {
  const panes = panesOf(pane(BEFORE, NOW));
  expect(orderOf(panes, look(change), null)).toBe(orderOf(panes, look(change), null));
});

test('by numbers the order is the same object at every step, so that nothing moves', () => {
  const [latest, earliest] = [pane(BEFORE, NOW), pane(BEFORE, NOW, { capture: captureAt(0) })];
  expect(orderOf(panesOf(latest), PLAIN, null)).toBe(orderOf(panesOf(earliest), PLAIN, null));
});

test('panes share the ranges of their colours, channel by channel', () => {
  const lower = pictureOf({ lo: [-5, 0, 0], hi: [0.5, 2, 9] });
  const other = testPane({ index: 1, picture: ready(lower) });
  const ranges = rangesOfPanes(panesOf(pane(BEFORE, NOW), other), PLAIN);
  expect([0, 1, 2].map(ranges)).toEqual([
    { low: -5, high: 1 },
    { low: 0, high: 2 },
    { low: 0, high: 9 },
  ]);
  const diverging = rangesOfPanes(
    panesOf(pane(BEFORE, NOW), other),
    look({ colormap: 'diverging' }),
  );
  expect(diverging(0)).toEqual({ low: -5, high: 5 });
});

test('while one of two pictures is on its way the ranges are those of the other', () => {
  const ranges = rangesOfPanes(panesOf(testPane(), pane(BEFORE, NOW, { index: 1 })), PLAIN);
  expect(ranges(2)).toEqual({ low: 0, high: 3 });
});
