import { beforeEach, expect, test } from 'vitest';
import { AppState } from './app_state';
import { paneOf, panesOf, type Pane } from './derive/panes';
import { valueOf } from './model/loadable';
import { Actions } from './state/actions';
import { PLAIN } from './state/look';
import { START, type Selection } from './state/selection';
import { settle } from './testing/deferred';
import { MemorySource, memoryLayer, memoryRun } from './testing/memory_source';

let source: MemorySource;
let app: AppState;
let actions: Actions;
let started = false;

beforeEach(() => {
  source = new MemorySource([
    { run: memoryRun('a', ['conv1', 'block']), steps: [0, 10, 20] },
    { run: memoryRun('b', ['conv1']), steps: [0, 15] },
  ]);
  started = false;
});

/** Starts the tab, or takes it elsewhere. */
async function open(selection: Partial<Selection> = {}): Promise<void> {
  if (!started) {
    app = new AppState(source);
    actions = new Actions(app);
    started = true;
  }
  app.open({ ...START, ...selection }, PLAIN);
  for (let turn = 0; turn < 10; turn++) await settle();
}

const slots = () => panesOf(app.listing!, app.selection.value, app.library);
const first = (): Pane => paneOf(slots().first)!;
const second = (): Pane => paneOf(slots().second)!;
/** The wall time of the capture that a pane's picture is of: it is the lower end of channel 0. */
const pictureTime = (pane: Pane) => valueOf(pane.picture)?.scale.lo[0];

test('the first run and layer are shown at the newest step, and stay the choice', async () => {
  await open();
  expect(app.selection.value).toMatchObject({ run: 'a', layer: 'featuremaps/conv1' });
  expect(first().capture?.step).toBe(20);
  expect(pictureTime(first())).toBe(20);
  source.runs.unshift({ run: memoryRun('0', ['conv1']), steps: [0] });
  app.live.ask();
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(app.listing?.runs.map(({ name }) => name)).toEqual(['0', 'a', 'b']);
  expect(first().run.name).toBe('a');
});

test('another run shows none of the maps of the one before', async () => {
  await open();
  source.late.add('b/featuremaps/conv1/15/0');
  actions.chooseRun('b');
  actions.moveStep(-1);
  await settle();
  expect(first().run.name).toBe('b');
  expect(first().picture.status).toBe('loading');
  expect(app.selection.value.layer).toBe('featuremaps/conv1');
});

test('a rerun into the same directory replaces every picture', async () => {
  await open();
  const layers = [memoryLayer('conv1', 1), memoryLayer('block', 1)];
  const run = { ...memoryRun('a', []), layers, version: '2' };
  source.runs[0] = { run, steps: [0, 10, 20], generation: 1 };
  app.live.ask();
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(first().capture?.step).toBe(20);
  expect(pictureTime(first())).toBe(1e6 + 20);
});

test('the cursor is any step, and the capture the nearest to it', async () => {
  await open();
  actions.chooseStep(13.4);
  await settle();
  expect(app.timeline).toMatchObject({ cursor: 13, index: 1, following: false });
  expect(first().capture?.step).toBe(10);
  actions.moveStep(1);
  expect(app.selection.value).toMatchObject({ step: 20, following: true });
  actions.chooseStep(999);
  expect(app.selection.value.step).toBe(20);
});

test('a comparison with a run pairs the nearest steps and knows both', async () => {
  await open();
  actions.compare({ kind: 'run', run: 'b' });
  for (let turn = 0; turn < 10; turn++) await settle();
  expect([first().capture?.step, first().cursor]).toEqual([20, 20]);
  expect([second().capture?.step, second().cursor]).toEqual([15, 20]);
  expect(second().run.name).toBe('b');
});

test('what is missing is said and not replaced', async () => {
  await open({ run: 'gone' });
  expect(slots().first).toEqual({
    problem: 'There is no run “gone” in this log directory.',
  });
  actions.chooseRun('b');
  await settle();
  expect(first().run.name).toBe('b');
  await open({ run: 'a', layer: 'featuremaps/none' });
  expect(slots().first).toMatchObject({
    problem: expect.stringContaining('no layer “featuremaps/none”') as string,
  });
  await open({ run: 'a', probe: 7 });
  expect(slots().first).toMatchObject({
    problem: expect.stringMatching(/Probe 8 is not there: this run has 2/) as string,
  });
  await open({ run: 'a', layer: 'featuremaps/block', comparison: { kind: 'run', run: 'b' } });
  expect(slots().second).toEqual({ problem: 'The other run has no layer block.' });
});

test('a damaged picture is a message in its place, and the rest goes on', async () => {
  source.damaged.add('a/featuremaps/conv1/20/0');
  await open();
  expect(first().picture).toMatchObject({
    status: 'failed',
    message: expect.stringMatching(/is damaged/) as string,
  });
  actions.chooseStep(10);
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(pictureTime(first())).toBe(10);
});

test('probes are told apart by their pixels, wherever they stand', async () => {
  const image = (level: number) => ({
    width: 1,
    height: 1,
    rgba: Uint8ClampedArray.from([level, level, level, 255]),
  });
  const keys = (run: string) => [0, 1].map((probe) => `${run}/featuremaps/probes/20/${probe}`);
  const [cat, dog] = keys('a');
  source.runs[1] = { run: memoryRun('b', ['conv1']), steps: [20] };
  const [other, same] = keys('b');
  for (const [key, level] of [
    [cat, 1],
    [dog, 2],
    [other, 3],
    [same, 1],
  ] as const) {
    source.probePixels.set(key!, image(level));
  }
  await open({ comparison: { kind: 'run', run: 'b' } });
  expect(second()).toMatchObject({ probe: 1, otherProbe: false });
  actions.chooseProbe(1);
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(second()).toMatchObject({ probe: 1, otherProbe: true });
});

test('a link that follows goes to the newest step, and a frozen one stays', async () => {
  await open({ run: 'a', step: 10, following: true });
  expect(first().capture?.step).toBe(20);
  await open({ run: 'a', step: 20, following: false });
  source.runs[0] = {
    run: { ...memoryRun('a', []), layers: [memoryLayer('conv1', 1)], version: '2' },
    steps: [0, 10, 20, 30],
  };
  app.live.ask();
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(app.timeline?.stops.at(-1)).toBe(30);
  expect(first().capture?.step).toBe(20);
});

test('a run with losses only has a cursor over their steps', async () => {
  source.runs.push({ run: memoryRun('c', [], { probes: null }), steps: [] });
  await open({ run: 'c' });
  expect(app.timeline).toMatchObject({ stops: [1, 20, 30], cursor: 30 });
  actions.moveStep(-1);
  expect(app.timeline?.cursor).toBe(20);
});

test('what has not changed is not asked for again', async () => {
  await open();
  source.asked.length = 0;
  app.live.ask();
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(source.asked).toEqual(['listing', 'losses a']);
});

test('the second pane leads to its own channel', async () => {
  await open({ comparison: { kind: 'run', run: 'b' } });
  actions.chooseChannel(1, 1);
  expect(app.selection.value).toMatchObject({ channel: 1, pane: 1 });
});
