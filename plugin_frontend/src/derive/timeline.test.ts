import { beforeEach, expect, test } from 'vitest';
import { MemorySource, memoryLayer, memoryRun } from '../testing/memory_source';
import { TabBench } from '../testing/tab_bench';

let source: MemorySource;
let tab: TabBench;

beforeEach(() => {
  source = new MemorySource([
    { run: memoryRun('a', ['conv1']), steps: [0, 10, 20] },
    { run: memoryRun('losses', [], { probes: null }), steps: [] },
    { run: memoryRun('single', ['conv1']), steps: [7] },
    { run: memoryRun('empty', ['conv1']), steps: [] },
  ]);
  tab = new TabBench(source);
});

const timeline = () => tab.app.timeline;

test('before anything is known there is none', () => {
  expect(timeline()).toBeNull();
});

test.each([
  [{ step: 13 }, { cursor: 13, index: 1 }],
  [{ step: 15 }, { cursor: 15, index: 1 }],
  [{ step: 16 }, { cursor: 16, index: 2 }],
  [{ step: 0 }, { cursor: 0, index: 0 }],
  [{ step: 999 }, { cursor: 999, index: 2 }],
  [{ step: null }, { cursor: 20, index: 2 }],
  [
    { step: 3, following: true },
    { cursor: 20, index: 2 },
  ],
])('for %j the cursor and the nearest stop are %j', async (selection, expected) => {
  await tab.open({ following: false, ...selection });
  expect(timeline()).toMatchObject({ stops: [0, 10, 20], ...expected });
});

test('the same cursor is the same object, so that nothing is drawn again', async () => {
  await tab.open();
  const before = timeline();
  tab.actions.chooseProbe(1);
  tab.actions.show({ overlay: true });
  await tab.reload();
  expect(timeline()).toBe(before);
});

test('what grows, grows the timeline; a frozen cursor stays', async () => {
  await tab.open({ step: 20, following: false });
  const run = { ...memoryRun('a', []), layers: [memoryLayer('conv1', 30)], version: '2' };
  source.runs[0] = { run, steps: [0, 10, 20, 30] };
  await tab.reload();
  expect(timeline()).toMatchObject({ stops: [0, 10, 20, 30], cursor: 20, index: 2 });
  expect(timeline()?.following).toBe(false);
});

test('a run that is begun anew has its own steps', async () => {
  await tab.open();
  const run = { ...memoryRun('a', []), layers: [memoryLayer('conv1', 30)], version: '2' };
  source.runs[0] = { run, steps: [0, 3], generation: 1 };
  await tab.reload();
  expect(timeline()).toMatchObject({ stops: [0, 3], cursor: 3, index: 1 });
});

test('where captures may have been dropped, that is known', async () => {
  source.runs[0] = { ...source.runs[0]!, allKept: false };
  await tab.open();
  expect(timeline()?.allKept).toBe(false);
  await tab.open({ run: 'single' });
  expect(timeline()?.allKept).toBe(true);
});

test('a run with losses only stops at each step of theirs', async () => {
  await tab.open({ run: 'losses', step: 22, following: false });
  expect(timeline()).toMatchObject({ stops: [1, 20, 30], cursor: 22, index: 1, allKept: true });
});

test('one capture is first and last', async () => {
  await tab.open({ run: 'single' });
  expect(timeline()).toMatchObject({ stops: [7], cursor: 7, index: 0 });
});

test('a run with layers and no capture has no stops, and its losses make none', async () => {
  await tab.open({ run: 'empty' });
  expect(timeline()).toMatchObject({ stops: [], cursor: null, index: -1 });
});

test('a run that isn’t there has no stops of another run', async () => {
  await tab.open({ run: 'gone', step: 5, following: false });
  expect(timeline()).toMatchObject({ stops: [], index: -1 });
});
