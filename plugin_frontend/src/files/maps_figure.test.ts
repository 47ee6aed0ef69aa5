import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Pane, Panes } from '../derive/panes';
import { PLAIN, type Look } from '../state/look';
import { memoryRun } from '../testing/memory_source';
import { pictureOf } from '../testing/pictures';
import { ACTIVE, BROKEN, spanning, statisticsAt } from '../testing/statistics';
import { captureAt, ready, seriesOf, testPane } from '../testing/test_pane';
import { drawnOf, mapsFigure, type Content } from './maps_figure';

beforeEach(() => {
  const pen = { putImageData: vi.fn(), drawImage: vi.fn() };
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      constructor(
        readonly width: number,
        readonly height: number,
      ) {}
      getContext = () => pen;
    },
  );
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const run = (name: string) => {
  const probes = { tag: 'p', count: 2, labels: ['cat', 'dog'], lastWallTime: 0 };
  return memoryRun(name, ['conv1'], { probes });
};
const picture = ready(pictureOf({ lo: [0, 1], hi: [1, 3], tileWidth: 2 }));
const RUN = run('a');

function panes(second: Partial<Pane> | null = null, first: Partial<Pane> = {}): Panes {
  const own = testPane({ run: RUN, picture, capture: captureAt(1000), ...first });
  const other = second && testPane({ index: 1, run: RUN, picture, ...second });
  return { first: { pane: own }, second: other && { pane: other } };
}

function figure(change: Partial<Look> = {}, maps: Content['maps'] = [0, 1], of = panes()) {
  const made = mapsFigure({ panes: of, look: { ...PLAIN, ...change }, maps })!;
  return { captions: made.captions, bar: made.bar!, titles: made.panels.map(({ title }) => title) };
}

test('a figure says run, layer, step and probe', () => {
  expect(figure({}, 1).captions[0]).toBe('a · conv1 · channel 1 · step 1,000 · probe 1 (cat)');
  expect(figure().captions[0]).toContain('2 channels');
  expect(figure().titles).toEqual(['']);
});

test('the bar has values only where they hold for all that is drawn', () => {
  expect(figure({}, 1).bar).toMatchObject({ low: '1.000', high: '3.000' });
  expect(figure().bar).toMatchObject({ low: 'least', high: 'greatest' });
  expect(figure({ colormap: 'diverging' }).bar).toMatchObject({ low: '−max', high: 'max' });
  expect(figure({ scaling: 'layer' }).bar).toMatchObject({ low: '0', high: '3.000' });
});

test.each<[Partial<Look>, string]>([
  [{}, 'each channel in colours that span its own range'],
  [{ scaling: 'steps' }, 'that span its own range at this step: others are not known'],
  [{ scaling: 'layer' }, 'the colours span 0 to 3.000'],
  [{ colormap: 'diverging' }, 'its own range, widened to be symmetric about 0'],
  [{ colormap: 'diverging', scaling: 'layer' }, 'the colours span −3.000 to 3.000'],
  [{ clip: 0.01 }, 'its own range, up to 1 % left out at either end'],
  [{ clip: 0.001 }, 'its own range, up to 0.1 % left out at either end'],
  [{ clip: 0.01, scaling: 'steps' }, 'its own range at this step: others are not known'],
  [{ rangeLow: -2 }, 'its own range, an end set to −2.000 where that leaves a range'],
  [{ rangeLow: -2, rangeHigh: 7 }, 'the colours span −2.000 to 7.000'],
  [{ rangeLow: -2, rangeHigh: 7, clip: 0.01 }, 'the colours span −2.000 to 7.000'],
])('with %j the caption ends with “%s”', (change, text) => {
  expect(figure(change).captions[1]!.endsWith(text)).toBe(true);
});

test('of two panes each is named, the older step left', () => {
  expect(figure({}, [0], panes({ capture: captureAt(5) })).titles).toEqual([
    'a · step 5',
    'a · step 1,000',
  ]);
  const other = panes({ run: run('b') });
  expect(figure({}, [0], other).titles).toEqual(['a · step 1,000', 'b · step 10']);
});

test.each([
  ['stand at different places', { probe: 1, otherProbe: false }],
  ['are different images', { probe: 0, otherProbe: true }],
  ['may be different images', { probe: 0, otherProbe: null }],
])('where the probes %s each pane names its own', (_, probe) => {
  const { titles } = figure({}, [0], panes({ run: run('b'), ...probe }));
  expect(titles).toEqual([
    'a · step 1,000 · probe 1 (cat)',
    `b · step 10 · probe ${probe.probe + 1} (${['cat', 'dog'][probe.probe]!})`,
  ]);
});

test('a difference says of what', () => {
  const { captions, bar } = figure(
    { comparing: 'difference' },
    0,
    panes({ capture: captureAt(5) }),
  );
  expect(captions[0]).toMatch(/^step 1,000 − step 5 · a · conv1 · channel 0 · probe 1/);
  expect(captions[1]).toMatch(/^Differences of activations; the colours span 0 to 0/);
  expect(bar.low).toBe(bar.high);
});

test('without a picture there is no figure', () => {
  const none = { first: { problem: 'gone' }, second: null };
  expect(mapsFigure({ panes: none, look: PLAIN, maps: [0] })).toBeNull();
});

test('ranges over all steps are named where they are known', () => {
  const statistics = ready(seriesOf(statisticsAt(1000, [ACTIVE, spanning(1, 3)])));
  const { captions } = figure({ scaling: 'steps' }, [0, 1], panes(null, { statistics }));
  expect(captions[1]).toMatch(/its range over all steps$/);
});

test('what two panes do not share is left to their titles', () => {
  expect(figure({}, [0], panes({ capture: captureAt(5) })).captions[0]).toBe(
    'a · conv1 · 1 channel · probe 1 (cat)',
  );
  expect(figure({}, [0], panes({ run: run('b') })).captions[0]).not.toContain('step');
});

test('a pane without a picture is neither drawn nor named', () => {
  const damaged = { status: 'failed', message: 'it is damaged' } as const;
  const of = panes({ capture: captureAt(5), picture: damaged });
  expect(figure({}, 1, of)).toMatchObject({
    titles: [''],
    captions: ['a · conv1 · channel 1 · step 1,000 · probe 1 (cat)', expect.anything() as string],
  });
});

test('maps over channels are subtracted where they have one size, and named so', () => {
  const few = ready(pictureOf({ lo: [0], hi: [1], tileWidth: 2 }));
  const of = panes({ run: run('b'), picture: few });
  const look: Look = { ...PLAIN, comparing: 'difference' };
  expect(drawnOf({ panes: of, look, maps: [0] }).difference).toBeNull();
  expect(drawnOf({ panes: of, look, maps: 'mean' }).difference).not.toBeNull();
  expect(figure({ comparing: 'difference' }, 'mean', of).captions[0]).toContain(
    'mean over 2 channels and mean over 1 channel',
  );
});

test('a channel that a pane does not have is said to be missing', () => {
  const few = ready(pictureOf({ lo: [0], hi: [1], tileWidth: 2 }));
  expect(figure({}, 1, panes({ run: run('b'), picture: few })).titles[1]).toBe(
    'b · step 10: no such channel',
  );
});

test('channels with values that are not finite are named, also of a difference', () => {
  const statistics = ready(seriesOf(statisticsAt(1000, [BROKEN, ACTIVE])));
  const note = '⚠ Channel 0 has values that are not finite';
  expect(figure({}, [0, 1], panes(null, { statistics })).captions[2]).toBe(note);
  expect(figure({}, [1], panes(null, { statistics })).captions[2]).toBeUndefined();
  const compared = panes({ capture: captureAt(5) }, { statistics });
  expect(figure({ comparing: 'difference' }, [0, 1], compared).captions[2]).toBe(note);
});

test('a channel without a finite value does not widen the range of the layer', () => {
  const statistics = ready(seriesOf(statisticsAt(1000, [BROKEN, spanning(1, 3)])));
  const broken = ready(pictureOf({ lo: [0, 1], hi: [0, 3], tileWidth: 2 }));
  const of = panes(null, { statistics, picture: broken });
  expect(figure({ scaling: 'layer' }, [0, 1], of).captions[1]).toContain('span 1.000 to 3.000');
});

test('a difference of different images says so', () => {
  const other = panes({ run: run('b'), otherProbe: true });
  expect(figure({ comparing: 'difference' }, 0, other).captions[0]).toMatch(
    /probe 1 \(cat\) − probe 1 \(cat\) · of different images$/,
  );
});

test('a map over channels says where no statistics tell what it should leave out', () => {
  const failed = { status: 'failed', message: 'gone' } as const;
  const note = expect.stringContaining('Channels with NaN or Inf are not left out') as string;
  expect(figure({}, 'mean', panes(null, { statistics: failed })).captions[2]).toEqual(note);
  const statistics = ready(seriesOf(statisticsAt(1000, [BROKEN, ACTIVE])));
  const known = figure({}, 'mean', panes(null, { statistics })).captions;
  expect(known).toHaveLength(2);
  expect(known[0]).toContain('mean over 1 channel ');
});

test('where no value is finite the colours stand for nothing', () => {
  const statistics = ready(seriesOf(statisticsAt(1000, [BROKEN, ACTIVE])));
  const of = panes(null, { statistics });
  expect(figure({}, 0, of)).toMatchObject({
    bar: null,
    captions: expect.arrayContaining(['Activations; none of the values is finite']) as string[],
  });
  expect(figure({}, [0, 1], of).bar).not.toBeNull();
  const changed = panes({ capture: captureAt(5) }, { statistics });
  expect(figure({ comparing: 'difference' }, 0, changed).bar).toBeNull();
});
