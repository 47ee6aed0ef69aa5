import { expect, test } from 'vitest';
import { LOADING, valueOf } from '../model/loadable';
import { PLAIN, type Look } from '../state/look';
import { memoryRun } from '../testing/memory_source';
import { pictureOf } from '../testing/pictures';
import { spanning, statisticsAt } from '../testing/statistics';
import { captureAt, ready, seriesOf, testPane } from '../testing/test_pane';
import {
  differenceName,
  differenceOf,
  differencePane,
  differencePicture,
  shownDifference,
  type Difference,
} from './difference';
import type { Pane, Panes } from './panes';

/** Panes of one run, the second at another step; one channel of one pixel each. */
function panesAt(step: number, otherStep: number, more: Partial<Pane> = {}): Panes {
  const at = (index: 0 | 1, own: number): Pane => {
    const statistics = seriesOf(
      statisticsAt(0, [spanning(-5, -4)]),
      statisticsAt(400, [spanning(-4, -3)]),
    );
    const picture = pictureOf({ lo: [own], hi: [own + 1], maps: [[0]] });
    const content = { picture: ready(picture), statistics: ready(statistics) };
    return testPane({ index, run: RUN, capture: captureAt(own), ...content });
  };
  return { first: { pane: at(0, step) }, second: { pane: { ...at(1, otherStep), ...more } } };
}

const RUN = memoryRun('a', ['conv1']);
const look = (change: Partial<Look> = {}): Look => ({
  ...PLAIN,
  comparing: 'difference',
  ...change,
});

function difference(panes: Panes, how = look()): Difference {
  const found = differenceOf(panes, how);
  if (found === null || typeof found === 'string') throw new Error(found ?? 'none');
  return found;
}

const values = ({ picture }: Difference) => [picture.scale.lo[0], picture.scale.hi[0]];

test('of two steps it is the later less the earlier, whichever is compared with which', () => {
  for (const panes of [panesAt(400, 0), panesAt(0, 400)]) {
    expect(differenceName(difference(panes))).toBe('step 400 − step 0');
    expect(difference(panes).picture.levels[0]).toBe(255);
    expect(values(difference(panes))).toEqual([-400, 400]);
  }
});

test('of two runs it is the other less the chosen one, and names both', () => {
  const panes = panesAt(400, 0, { run: memoryRun('b', ['conv1']) });
  expect(differenceName(difference(panes))).toBe('b, step 0 − a, step 400');
  expect(difference(panes).picture.levels[0]).toBe(0);
});

test('while a picture is on its way there is none; where it never can be, that is said', () => {
  expect(differenceOf(panesAt(0, 400, { picture: LOADING }), look())).toBeNull();
  expect(differenceOf({ ...panesAt(0, 400), second: null }, look())).toBeNull();
  const larger = ready(pictureOf({ lo: [0, 0], hi: [1, 1] }));
  expect(differenceOf(panesAt(0, 400, { picture: larger }), look())).toMatch(/different sizes/);
  expect(shownDifference(panesAt(0, 400, { picture: larger }), look())).toBeNull();
});

test('it is shown only where it is asked for', () => {
  expect(shownDifference(panesAt(0, 400), PLAIN)).toBeNull();
  expect(shownDifference(panesAt(0, 400), look())).not.toBeNull();
  expect(shownDifference({ ...panesAt(0, 400), second: null }, look())).toBeNull();
});

test('its colours are around zero, and over steps span what the values can differ', () => {
  expect(difference(panesAt(0, 400)).ranges(0)).toEqual({ low: -400, high: 400 });
  const fixed = difference(panesAt(0, 400), look({ scaling: 'steps' }));
  expect(fixed.ranges(0)).toEqual({ low: -2, high: 2 }); // all values are from −5 to −3
  expect(fixed.ranges(9)).toEqual({ low: 0, high: 0 });
});

test('over steps it needs the statistics of both', () => {
  const half = difference(panesAt(0, 400, { statistics: null }), look({ scaling: 'steps' }));
  expect(half.ranges(0)).toEqual({ low: -400, high: 400 });
});

test('the same difference is the same object', () => {
  const panes = panesAt(0, 400);
  for (const scaling of ['channel', 'layer', 'steps'] as const) {
    expect(difference(panes, look({ scaling }))).toBe(difference(panes, look({ scaling })));
  }
  expect(differencePane(difference(panes))).toBe(differencePane(difference(panes)));
});

test('as a pane it has no statistics, which would be those of one side', () => {
  const moved = difference(panesAt(0, 400));
  expect(differencePane(moved)).toMatchObject({ index: 0, statistics: null });
  expect(valueOf(differencePane(moved).picture)).toBe(moved.picture);
});

test('a map that was constant and still is differs by what it moved', () => {
  const [from, to] = [2, 5].map((value) => pictureOf({ lo: [value], hi: [value], maps: [[7]] }));
  const { scale, levels } = differencePicture(from!, to!)!;
  expect([scale.hi[0], levels[0]]).toEqual([3, 255]);
});

test('pictures of other columns are compared channel by channel', () => {
  const parts = { lo: [0, 0, 0], hi: [255, 255, 255], maps: [[1], [2], [3]] };
  const [wide, high] = [pictureOf({ ...parts, columns: 3 }), pictureOf({ ...parts, columns: 2 })];
  expect([...differencePicture(wide, high)!.scale.hi]).toEqual([0, 0, 0]);
  expect([...differencePicture(high, wide)!.scale.hi]).toEqual([0, 0, 0]);
});
