import { beforeEach, expect, test } from 'vitest';
import { RefusedError } from '../model/failures';
import { valueOf } from '../model/loadable';
import { MemorySource, memoryLayer, memoryRun } from '../testing/memory_source';
import { TabBench } from '../testing/tab_bench';
import { leftToRight, paneOf, panesOf } from './panes';

let source: MemorySource;
let tab: TabBench;

beforeEach(() => {
  source = new MemorySource([
    { run: memoryRun('a', ['conv1', 'block']), steps: [0, 10, 20] },
    { run: memoryRun('b', ['conv1', 'other']), steps: [0, 15, 400] },
  ]);
  tab = new TabBench(source);
});

const problem = (text: string) => ({ problem: expect.stringContaining(text) as string });

test('the same question has the same answer, as long as nothing in it changes', async () => {
  await tab.open({ comparison: { kind: 'run', run: 'b' } });
  const before = tab.panes;
  tab.actions.show({ overlay: true });
  tab.actions.setView('health');
  tab.actions.chooseChannel(1);
  await tab.rest();
  expect(tab.panes).toBe(before);
  tab.actions.chooseStep(10);
  expect(tab.panes).not.toBe(before);
});

test('with nothing compared there is one pane, in an empty directory none', async () => {
  await tab.open();
  expect(tab.panes.second).toBeNull();
  source.runs = [];
  const empty = new TabBench(source);
  await empty.open();
  expect(empty.panes).toEqual({ first: null, second: null });
});

test('the newest step of one run is paired with the nearest of the other, not its newest', async () => {
  await tab.open({ comparison: { kind: 'run', run: 'b' } });
  expect(tab.first.capture?.step).toBe(20);
  expect(tab.second).toMatchObject({ cursor: 20, capture: { step: 15 } });
  tab.actions.chooseRun('b');
  tab.actions.compare({ kind: 'run', run: 'a' });
  await tab.rest();
  expect(tab.first.capture?.step).toBe(400);
  expect(tab.second).toMatchObject({ cursor: 400, capture: { step: 20 } });
});

test('a step that is compared is any step, and its capture the nearest', async () => {
  await tab.open({ comparison: { kind: 'step', step: 4 } });
  expect(tab.second).toMatchObject({ cursor: 4, capture: { step: 0 }, index: 1 });
  expect(tab.second.run).toBe(tab.first.run);
  expect(valueOf(tab.second.picture)?.scale.lo[0]).toBe(0);
});

test('of two steps the older one stands left, of two runs the chosen one', async () => {
  await tab.open({ step: 10, following: false, comparison: { kind: 'step', step: 20 } });
  const steps = () => leftToRight(tab.panes).map((slot) => paneOf(slot)!.capture!.step);
  expect(steps()).toEqual([10, 20]);
  tab.actions.compare({ kind: 'step', step: 0 });
  await tab.rest();
  expect(steps()).toEqual([0, 10]);
  tab.actions.compare({ kind: 'run', run: 'b' });
  await tab.rest();
  tab.actions.chooseStep(20);
  await tab.rest();
  expect(steps()).toEqual([20, 15]);
});

test('where a pane is missing the other keeps its side', async () => {
  await tab.open({ comparison: { kind: 'run', run: 'gone' } });
  expect(leftToRight(tab.panes)).toEqual([tab.panes.first, problem('no run “gone”')]);
});

test('while captures are on their way there is neither capture nor picture', async () => {
  await tab.open({ run: 'a' });
  source.captures = () => new Promise(() => undefined);
  tab.actions.chooseRun('b');
  expect(tab.first).toMatchObject({
    ...{ run: { name: 'b' }, capture: null, cursor: null },
    picture: { status: 'loading' },
  });
});

test('captures that can’t be had are the message in the picture’s place', async () => {
  source.captures = () => Promise.reject(new RefusedError('TensorBoard answered: no such tag'));
  await tab.open();
  expect(tab.first.picture).toEqual({
    ...{ status: 'failed', message: 'TensorBoard answered: no such tag' },
  });
});

test('a layer of which nothing was captured says so', async () => {
  source.runs.push({ run: memoryRun('new', ['conv1']), steps: [] });
  await tab.open({ run: 'new' });
  expect(tab.first.picture).toMatchObject({ message: 'Nothing was captured of this layer.' });
  expect(tab.first.cursor).toBeNull();
});

test('a capture without the probe says so', async () => {
  const probes = { tag: 'featuremaps/probes', count: 5, labels: [], lastWallTime: 0 };
  source.runs.push({ run: memoryRun('many', ['conv1'], { probes }), steps: [0] });
  await tab.open({ run: 'many', probe: 4 });
  expect(tab.first.picture).toMatchObject({
    message: expect.stringMatching(/no picture of/) as string,
  });
});

test('a run without probes has one', async () => {
  source.runs.push({ run: memoryRun('plain', ['conv1'], { probes: null }), steps: [0] });
  await tab.open({ run: 'plain' });
  expect(tab.first.picture.status).toBe('ready');
  await tab.open({ run: 'plain', probe: 1 });
  expect(tab.panes.first).toEqual(problem('Probe 2 is not there: this run has 1'));
});

test('a layer is found in the other run by its name, whatever its tag', async () => {
  const layers = [{ ...memoryLayer('conv1'), tag: 'featuremaps/conv1_1' }];
  source.runs.push({ run: { ...memoryRun('c', []), layers }, steps: [20] });
  await tab.open({ comparison: { kind: 'run', run: 'c' } });
  expect(tab.second.layer.tag).toBe('featuremaps/conv1_1');
  expect(tab.second.capture?.step).toBe(20);
});

test('what the other run lacks is said in its pane, and the first one stays', async () => {
  await tab.open({ layer: 'featuremaps/block', comparison: { kind: 'run', run: 'b' } });
  expect(tab.panes.second).toEqual(problem('no layer block'));
  expect(tab.first.picture.status).toBe('ready');
  const probes = { tag: 'featuremaps/probes', count: 1, labels: [], lastWallTime: 0 };
  source.runs.push({ run: memoryRun('one', ['conv1'], { probes }), steps: [0] });
  await tab.reload();
  await tab.open({ probe: 1, comparison: { kind: 'run', run: 'one' } });
  expect(tab.panes.second).toEqual(problem('no such probe'));
});

test('what is not logged is null, not on its way for ever', async () => {
  const layers = [{ ...memoryLayer('conv1'), statsTag: null }];
  source.runs.push({ run: { ...memoryRun('bare', []), layers }, steps: [0] });
  await tab.open({ run: 'bare' });
  expect(tab.first).toMatchObject({ statistics: null, gradients: null });
});

test('after a rerun the old picture is gone before the new one has come', async () => {
  await tab.open();
  const before = tab.first.picture;
  source.late.add('a/featuremaps/conv1/20/0');
  const run = { ...memoryRun('a', []), layers: [memoryLayer('conv1', 1)], version: '2' };
  source.runs[0] = { run, steps: [0, 10, 20], generation: 1 };
  await tab.reload();
  expect(valueOf(before)).toBeDefined();
  expect(tab.first.capture?.pictures[0]?.wallTime).toBe(1e6 + 20);
  expect(tab.first.picture.status).toBe('loading');
});

test('a very long name keeps its place in the message about it', async () => {
  const name = 'x'.repeat(10_000);
  await tab.open({ run: name });
  expect((tab.panes.first as { problem: string }).problem.length).toBeLessThan(200);
  await tab.open({ comparison: { kind: 'run', run: name } });
  expect((tab.panes.second as { problem: string }).problem.length).toBeLessThan(200);
});

test('a selection in another listing is not that of the old one', async () => {
  await tab.open();
  const { runs } = tab.listing;
  const other = { ...tab.listing, runs: runs.slice(1) };
  expect(panesOf(other, tab.selection, tab.app.library).first).toEqual(problem('no run “a”'));
});
