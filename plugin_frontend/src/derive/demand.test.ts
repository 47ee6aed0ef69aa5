import { beforeEach, expect, test } from 'vitest';
import type { PredictionsAnswer } from '../api/source';
import type { Head } from '../model/run';
import { PLAIN } from '../state/look';
import { MemorySource, memoryLayer, memoryRun } from '../testing/memory_source';
import { TabBench } from '../testing/tab_bench';
import { demandOf } from './demand';

const LAYERS = ['l0', 'l1', 'l2', 'l3', 'l4'];
const STEPS = [0, 10, 20, 30, 40, 50, 60, 70];

let source: MemorySource;
let tab: TabBench;

beforeEach(() => {
  source = new MemorySource([
    { run: memoryRun('a', LAYERS), steps: STEPS },
    { run: memoryRun('b', ['l0', 'l2']), steps: STEPS },
  ]);
  tab = new TabBench(source);
});

/** What is wanted, once all that is known that can be. */
function demand(preview: number | null = null) {
  const { app } = tab;
  return demandOf(app.listing, app.selection.value, app.look.value, app.library, preview);
}

const steps = (blobs: readonly { blob: string }[]) =>
  blobs.map(({ blob }) => Number(blob.split('/').at(-2)));

test('before the runs are known nothing else is wanted', () => {
  const nothing = demand();
  expect(Object.values(nothing).every((asks) => !(asks as readonly unknown[]).length)).toBe(true);
});

test('of a run that isn’t there nothing is wanted that it alone could have', async () => {
  await tab.open({ run: 'gone' });
  const { captures, statistics, pictures, losses } = demand();
  expect([captures, statistics, pictures, losses]).toEqual([[], [], [], []]);
});

test('the layer’s own captures and the probes’ are wanted', async () => {
  await tab.open({ layer: 'featuremaps/l2' });
  expect(demand().captures.map(({ run, tag }) => [run, tag])).toEqual([
    ['a', 'featuremaps/l2'],
    ['a', 'featuremaps/probes'],
  ]);
});

test('the layer’s own statistics come first, then those of its neighbours', async () => {
  await tab.open({ layer: 'featuremaps/l3' });
  const tags = demand().statistics.map(({ tag }) => tag.split('/')[1]);
  expect(tags[0]).toBe('l3');
  expect(new Set(tags.slice(1, 3))).toEqual(new Set(['l2', 'l4']));
  expect(tags.slice(3)).toEqual(['l1', 'l0']);
});

test('the picture that is shown comes first, then those around it, the nearest first', async () => {
  await tab.open({ step: 30, following: false });
  expect(steps(demand().pictures)).toEqual([30, 40, 20, 50, 10, 60, 0]);
  tab.actions.chooseStep(0);
  await tab.rest();
  expect(steps(demand().pictures)).toEqual([0, 10, 20, 30]);
  tab.actions.follow();
  await tab.rest();
  expect(steps(demand().pictures)).toEqual([70, 60, 50, 40]);
});

test('where the slider is pointed at, that picture comes before those around the cursor', async () => {
  await tab.open({ step: 0, following: false });
  expect(steps(demand(52).pictures).slice(0, 3)).toEqual([0, 50, 10]);
});

test('pictures are those of the probe that is shown', async () => {
  await tab.open({ probe: 1 });
  expect(demand().pictures.every(({ blob }) => blob.endsWith('/1'))).toBe(true);
});

test('of two panes both pictures come before any that is fetched ahead', async () => {
  await tab.open({ comparison: { kind: 'step', step: 0 } });
  expect(steps(demand().pictures).slice(0, 2)).toEqual([70, 0]);
  await tab.open({ comparison: { kind: 'run', run: 'b' } });
  const blobs = demand().pictures.map(({ blob }) => blob);
  expect(blobs.slice(0, 2)).toEqual(['a/featuremaps/l0/70/0', 'b/featuremaps/l0/70/0']);
});

test('the pixels of probes are wanted only to tell them apart between runs', async () => {
  await tab.open();
  expect(demand().probes).toEqual([]);
  await tab.open({ comparison: { kind: 'run', run: 'b' } });
  expect(demand().probes.map(({ blob }) => blob)).toEqual([
    ...['a/featuremaps/probes/70/0', 'a/featuremaps/probes/70/1'],
    ...['b/featuremaps/probes/70/0', 'b/featuremaps/probes/70/1'],
  ]);
});

test('frames are wanted of the channel that is open, and of one that there is', async () => {
  await tab.open();
  expect(demand().frames).toEqual([]);
  await tab.open({ channel: 1 });
  expect(demand().frames.map(({ step, channel }) => [step, channel])).toEqual(
    STEPS.map((step) => [step, 1]),
  );
  await tab.open({ channel: 2 });
  expect(demand().frames).toEqual([]);
});

test('frames are those of the pane that the panels are of', async () => {
  await tab.open({ channel: 1, pane: 1, comparison: { kind: 'run', run: 'b' } });
  expect(demand().frames.every(({ picture }) => picture.blob.startsWith('b/'))).toBe(true);
});

test('losses are wanted once a run, whatever it is chosen, compared or matched for', async () => {
  source.runs.push({ run: memoryRun('silent', ['l0'], { hasLosses: false }), steps: [0] });
  await tab.open({ comparison: { kind: 'run', run: 'b' }, runFilter: '.' });
  expect(demand().losses.map(({ run }) => run)).toEqual(['a', 'b']);
  tab.actions.choosePane(1);
  expect(new Set(demand().losses.map(({ run }) => run))).toEqual(new Set(['a', 'b']));
});

test('a run’s validation comes with it', async () => {
  source.runs = [
    { run: memoryRun('r/train', ['l0'], { validationRun: 'r/validation' }), steps: STEPS },
    { run: memoryRun('r/validation', [], { probes: null }), steps: [] },
  ];
  await tab.open();
  expect(demand().losses.map(({ run }) => run)).toEqual(['r/train', 'r/validation']);
});

test('what is not new is not asked for again, also where a run validates one beside it', async () => {
  source.runs = [
    { run: memoryRun('train', ['l0'], { validationRun: 'val', version: 't1' }), steps: STEPS },
    { run: memoryRun('val', ['l0'], { version: 'v1' }), steps: STEPS },
  ];
  await tab.open({ comparison: { kind: 'run', run: 'val' } });
  const stamps = new Map<string, Set<string>>();
  for (const { run, stamp } of demand().losses) {
    stamps.set(run, (stamps.get(run) ?? new Set()).add(stamp));
  }
  expect([...stamps.values()].map(({ size }) => size)).toEqual([1, 1]);
  source.asked.length = 0;
  for (const step of [10, 20, 30]) {
    tab.actions.chooseStep(step);
    await tab.rest();
  }
  expect(source.asked.filter((asked) => asked.startsWith('losses'))).toEqual([]);
});

test('gradients are wanted only where they are looked at', async () => {
  const tags = { gradientsTag: 'g', attributionsTag: 'att' };
  const layers = [{ ...memoryLayer('l0'), ...tags }];
  source.runs = [{ run: { ...memoryRun('a', [], { hasGradients: true }), layers }, steps: STEPS }];
  await tab.open();
  const { gradients, attributions, channelGradients } = demand();
  expect([gradients, attributions, channelGradients]).toEqual([[], [], []]);
  await tab.open({ view: 'gradients' });
  expect(demand().gradients.map(({ run }) => run)).toEqual(['a']);
  expect(demand().attributions.map(({ tag }) => tag)).toEqual(['att']);
  await tab.open({}, { sort: 'importance' });
  expect(demand().channelGradients.map(({ tag }) => tag)).toEqual(['g']);
});

const head: Head = { tag: 'main', name: 'main', role: 'main', weight: 1, lastWallTime: 1 };

/** What one head of 1,000 classes predicts: of each step and probe only the first choice is told. */
function predicted(trueClass: number | null, choices = [3, 3]): PredictionsAnswer {
  const items = choices.map((index, at) => {
    const prediction = { top: [{ index, value: 1 }], trueValue: 0.5, trueRank: 2, nonfinite: 0 };
    return { step: 10 * at, wallTime: 10 * at, predictions: [prediction, prediction] };
  });
  const { tag, name, role, weight } = head;
  const about = { tag, name, role, weight, classes: 1000, classNames: [], allKept: true };
  const growth = { reset: true, kept: null, items };
  const heads = [{ ...about, trueClass: [trueClass, trueClass], growth }];
  return { version: '1', reset: true, messages: [], heads };
}

test.each([
  ['the probe’s own', 7, null, []],
  ['one among the largest', 7, 3, []],
  ['another one', 7, 9, [0, 10]],
])('of %s class all values are there or asked for', async (_, truth, classIndex, expected) => {
  source.runs[0] = { run: memoryRun('a', LAYERS, { heads: [head] }), steps: STEPS };
  source.predicted.set('a', predicted(truth));
  await tab.open({}, { classIndex });
  expect(demand().outputs.map(({ step }) => step)).toEqual(expected);
});

test('of a probe without a label the values of what is predicted now are asked for', async () => {
  source.runs[0] = { run: memoryRun('a', LAYERS, { heads: [head] }), steps: STEPS };
  source.predicted.set('a', predicted(null, [3, 5, 9, 5]));
  await tab.open();
  expect(demand().outputs.map(({ step }) => step)).toEqual([0, 20]);
});

test('the look that changes colours only changes nothing that is wanted', async () => {
  await tab.open();
  const before = demand();
  tab.actions.show({ ...PLAIN, colormap: 'grey', overlay: true, logScale: true });
  await tab.rest();
  expect(demand()).toEqual(before);
});
