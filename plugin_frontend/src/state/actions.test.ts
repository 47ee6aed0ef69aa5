import { beforeEach, expect, test, vi } from 'vitest';
import { MemorySource, memoryRun } from '../testing/memory_source';
import { TabBench } from '../testing/tab_bench';

let source: MemorySource;
let tab: TabBench;

beforeEach(async () => {
  source = new MemorySource([
    { run: memoryRun('a', ['conv1', 'block', 'top']), steps: [0, 10, 20] },
    { run: memoryRun('b', ['other', 'block']), steps: [0, 15] },
    { run: memoryRun('c', [], { probes: null }), steps: [] },
  ]);
  tab = new TabBench(source);
  await tab.open();
});

test('another run is shown at its layer of the same name, else at its first', () => {
  tab.actions.chooseLayer('featuremaps/block');
  tab.actions.chooseRun('b');
  expect(tab.selection).toMatchObject({ run: 'b', layer: 'featuremaps/block' });
  tab.actions.chooseRun('a');
  tab.actions.chooseLayer('featuremaps/top');
  tab.actions.chooseRun('b');
  expect(tab.selection.layer).toBe('featuremaps/other');
  tab.actions.chooseRun('c');
  expect(tab.selection).toMatchObject({ run: 'c', layer: null });
  tab.actions.chooseRun('b');
  expect(tab.selection.layer).toBe('featuremaps/other');
});

test('another run keeps step, view and probe, but not the channel', async () => {
  await tab.open({ run: 'a', step: 10, following: false, probe: 1, channel: 1, view: 'health' });
  tab.actions.chooseRun('b');
  expect(tab.selection).toMatchObject({ step: 10, following: false, probe: 1, view: 'health' });
  expect(tab.selection.channel).toBeNull();
});

test('a probe that the other run lacks becomes its first', async () => {
  const probes = { tag: 'featuremaps/probes', count: 1, labels: [], lastWallTime: 0 };
  source.runs.push({ run: memoryRun('d', ['conv1'], { probes }), steps: [0] });
  await tab.reload();
  tab.actions.chooseProbe(1);
  tab.actions.chooseRun('d');
  expect(tab.selection.probe).toBe(0);
});

test('a run is not compared with itself', () => {
  tab.actions.compare({ kind: 'run', run: 'b' });
  tab.actions.chooseRun('b');
  expect(tab.selection.comparison).toBeNull();
  tab.actions.compare({ kind: 'run', run: 'a' });
  tab.actions.chooseRun('b');
  expect(tab.selection.comparison).toEqual({ kind: 'run', run: 'a' });
  tab.actions.compare({ kind: 'step', step: 0 });
  tab.actions.chooseRun('a');
  expect(tab.selection.comparison).toEqual({ kind: 'step', step: 0 });
});

test('a run that is not there can’t be chosen', () => {
  tab.actions.chooseRun('gone');
  expect(tab.selection.run).toBe('a');
});

test('others to compare with are those that have maps', () => {
  expect(tab.actions.otherRuns().map(({ name }) => name)).toEqual(['b']);
});

test('layers are gone through in the model’s order, from end to end', () => {
  const layers = [1, 1, 1, -1, -1, -1].map((by) => {
    tab.actions.moveLayer(by);
    return tab.selection.layer;
  });
  const names = ['block', 'top', 'top', 'block', 'conv1', 'conv1'];
  expect(layers).toEqual(names.map((name) => `featuremaps/${name}`));
});

test('another layer has other channels', () => {
  tab.actions.chooseChannel(1);
  tab.actions.chooseLayer('featuremaps/top');
  expect(tab.selection).toMatchObject({ channel: null, sheet: null });
});

test('channels are gone through in the grid’s order', async () => {
  await tab.open({}, { sort: 'mean' }); // at step 20 channel 0 has the mean 20, channel 1 has 0
  expect(tab.app.order).toEqual([0, 1]);
  await tab.open({ step: 0, following: false }, { sort: 'zeros' });
  expect(tab.app.order).toEqual([1, 0]);
  const channels = [1, 1, 1, -1, -1].map((by) => {
    tab.actions.moveChannel(by);
    return tab.selection.channel;
  });
  expect(channels).toEqual([1, 0, 0, 1, 1]);
});

test('from a channel that is hidden the way leads to the first that is seen', async () => {
  await tab.open({ channel: 1 }, { hideInactive: true });
  expect(tab.app.order).toEqual([0]);
  tab.actions.moveChannel(1);
  expect(tab.selection.channel).toBe(0);
});

test('a channel of a pane makes that pane the one that the panels are of', () => {
  tab.actions.compare({ kind: 'run', run: 'b' });
  tab.actions.chooseChannel(0, 1);
  expect(tab.selection).toMatchObject({ channel: 0, pane: 1, sheet: 'side' });
  tab.actions.chooseChannel(1);
  expect(tab.selection).toMatchObject({ channel: 1, pane: 1 });
  tab.actions.compare(null);
  expect(tab.selection.pane).toBe(0);
});

test('leaving takes away channel and panel; a panel opens and closes', () => {
  tab.actions.chooseChannel(1);
  tab.actions.leave();
  expect(tab.selection).toMatchObject({ channel: null, sheet: null });
  tab.actions.toggleSheet('layers');
  tab.actions.toggleSheet('side');
  expect(tab.selection.sheet).toBe('side');
  tab.actions.toggleSheet('side');
  expect(tab.selection.sheet).toBeNull();
});

test.each([
  [-5, 0, false],
  [13.6, 14, false],
  [20, 20, true],
  [1e9, 20, true],
])('the cursor put on %d is at %d', (wanted, step, following) => {
  tab.actions.chooseStep(wanted);
  expect(tab.selection).toMatchObject({ step, following });
});

test('from between two captures the way leads to the next of them', () => {
  tab.actions.chooseStep(13);
  tab.actions.moveStep(-1);
  expect(tab.selection.step).toBe(10);
  tab.actions.chooseStep(13);
  tab.actions.moveStep(1);
  expect(tab.selection).toMatchObject({ step: 20, following: true });
  tab.actions.moveStep(1);
  expect(tab.selection.step).toBe(20);
  tab.actions.chooseStop(0);
  tab.actions.moveStep(-1);
  expect(tab.selection.step).toBe(0);
  tab.actions.chooseStop(99);
  expect(tab.selection.step).toBe(0);
});

test('the newest step is stayed on when there is a newer one', async () => {
  tab.actions.chooseStep(10);
  tab.actions.follow();
  source.runs[0] = {
    run: {
      ...source.runs[0]!.run,
      version: '2',
      layers: [{ ...tab.first.layer, lastWallTime: 9 }],
    },
    steps: [0, 10, 20, 30],
  };
  await tab.reload();
  expect(tab.first.capture?.step).toBe(30);
  expect(tab.app.timeline).toMatchObject({ cursor: 30, following: true });
});

test('before anything is known nothing can be gone to, and nothing breaks', () => {
  const early = new TabBench(new MemorySource([]));
  early.actions.chooseRun('a');
  early.actions.moveLayer(1);
  early.actions.moveStep(1);
  early.actions.chooseStep(5);
  early.actions.moveChannel(1);
  early.actions.togglePlay();
  early.actions.togglePlay();
  expect(early.selection).toMatchObject({ run: null, step: null, channel: null, following: true });
  expect(early.actions.otherRuns()).toEqual([]);
});

/** Runs a test in a time that passes only when it says so. */
async function timeless(run: () => Promise<void>): Promise<void> {
  vi.useFakeTimers();
  try {
    await run();
  } finally {
    vi.useRealTimers();
  }
}

test('a film begins anew from the end, shows the last capture, and stops there', () =>
  timeless(async () => {
    tab.actions.togglePlay();
    expect([tab.selection.step, tab.app.playing.value]).toEqual([0, true]);
    await vi.advanceTimersByTimeAsync(250);
    expect(tab.selection.step).toBe(10);
    await vi.advanceTimersByTimeAsync(5000);
    expect([tab.selection.step, tab.app.playing.value]).toEqual([20, false]);
  }));

test('a film waits for each picture', () =>
  timeless(async () => {
    source.late.add('a/featuremaps/top/10/0');
    await tab.open({ layer: 'featuremaps/top' });
    tab.actions.togglePlay();
    await vi.advanceTimersByTimeAsync(5000);
    expect([tab.selection.step, tab.app.playing.value]).toEqual([10, true]);
    tab.actions.togglePlay();
    expect(tab.app.playing.value).toBe(false);
  }));

test('a film goes past a picture that is damaged', () =>
  timeless(async () => {
    source.damaged.add('a/featuremaps/top/10/0');
    await tab.open({ layer: 'featuremaps/top' });
    tab.actions.togglePlay();
    await vi.advanceTimersByTimeAsync(5000);
    expect([tab.selection.step, tab.app.playing.value]).toEqual([20, false]);
  }));

test('a retry asks again for what has failed', async () => {
  source.damaged.add('a/featuremaps/conv1/20/0');
  await tab.open({ layer: 'featuremaps/block' });
  await tab.open();
  source.damaged.clear();
  tab.actions.retry();
  await tab.rest();
  expect(tab.first.picture.status).toBe('ready');
});

test('how things are shown changes field by field', () => {
  tab.actions.show({ scaling: 'layer' });
  tab.actions.show({ overlay: true });
  expect(tab.app.look.value).toMatchObject({ scaling: 'layer', overlay: true, sort: 'index' });
  tab.actions.setView('network');
  tab.actions.choosePoint({ x: 0.5, y: 0.25 });
  tab.actions.choosePane(1);
  tab.actions.filterRuns('b$');
  tab.actions.openSheet('layers');
  expect(tab.selection).toMatchObject({
    ...{ view: 'network', point: { x: 0.5, y: 0.25 }, pane: 1, runFilter: 'b$', sheet: 'layers' },
  });
});
