import { beforeEach, expect, test } from 'vitest';
import { MemorySource, memoryRun } from '../testing/memory_source';
import { TabBench } from '../testing/tab_bench';
import { addressOf } from './link';
import { fromParameters } from './url';

let source: MemorySource;
let tab: TabBench;

beforeEach(() => {
  source = new MemorySource([
    { run: memoryRun('a', ['conv1', 'block']), steps: [0, 10, 20] },
    { run: memoryRun('b', ['conv1']), steps: [0, 15] },
  ]);
  tab = new TabBench(source);
});

/** Where a link of what is seen leads someone else, whose server may have more by then. */
async function sent(following?: boolean, steps: readonly number[] = [0, 10, 20]) {
  const { selection, look } = fromParameters(addressOf(tab.app, following));
  const other = new TabBench(
    new MemorySource([{ run: memoryRun('a', ['conv1', 'block']), steps }, source.runs[1]!]),
  );
  await other.open(selection, look);
  return other;
}

test('before anything is known a link says what was asked for', () => {
  expect(addressOf(new TabBench(source).app)).toEqual({});
});

test('a link names what is seen also where nothing was chosen', async () => {
  await tab.open();
  expect(addressOf(tab.app)).toEqual({
    ...{ run: 'a', layer: 'featuremaps/conv1', step: '20', latest: '1' },
  });
});

test('a link to what is seen holds its step, also while the newest is followed', async () => {
  await tab.open();
  const { step, latest } = addressOf(tab.app, false);
  expect([step, latest]).toEqual(['20', undefined]);
  const other = await sent(false, [0, 10, 20, 30]);
  expect(other.first.capture?.step).toBe(20);
  expect(other.selection.following).toBe(false);
});

test('a link to the newest goes on with it', async () => {
  await tab.open({ step: 10, following: false });
  const other = await sent(true, [0, 10, 20, 30]);
  expect(other.first.capture?.step).toBe(30);
});

test('a cursor between captures comes back where it was', async () => {
  await tab.open({ step: 13, following: false });
  const other = await sent();
  expect(other.app.timeline?.cursor).toBe(13);
  expect(other.first.capture?.step).toBe(10);
});

test('what is compared, marked and hidden comes with a link', async () => {
  const selection = { comparison: { kind: 'run', run: 'b' }, pane: 1, channel: 1 } as const;
  const look = {
    overlay: true,
    logScale: true,
    smoothing: 0.6,
    classIndex: 3,
    sort: 'std',
  } as const;
  await tab.open(selection, { ...look, hiddenCurves: ['total'] });
  const other = await sent();
  expect(other.app.look.value).toEqual(tab.app.look.value);
  expect(other.selection).toEqual({ ...tab.selection, step: 20 });
  expect(other.second.run.name).toBe('b');
});

test('a link to what isn’t there keeps saying so, until it comes', async () => {
  await tab.open({ run: 'late', layer: 'featuremaps/x' });
  expect(tab.panes.first).toMatchObject({
    problem: expect.stringContaining('no run “late”') as string,
  });
  expect(addressOf(tab.app)).toMatchObject({ run: 'late', layer: 'featuremaps/x' });
  source.runs.push({ run: memoryRun('late', ['y', 'x']), steps: [5] });
  await tab.reload();
  expect(tab.first).toMatchObject({ run: { name: 'late' }, layer: { name: 'x' } });
});
