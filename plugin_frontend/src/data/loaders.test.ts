import { expect, test } from 'vitest';
import type { ListingAnswer, SeriesAnswer, Source } from '../api/source';
import { UnreachableError } from '../model/failures';
import type { Item, Series } from '../model/series';
import { MemorySource, memoryRun } from '../testing/memory_source';
import { loadListing, loadLosses, loadSeries } from './loaders';

const item = (step: number): Item => ({ step, wallTime: step });
const known: Series<Item> = { version: '1', items: [item(0)], allKept: true, messages: [] };
const answer = (change: Partial<SeriesAnswer<Item>>): SeriesAnswer<Item> => ({
  ...{ version: '2', reset: false, kept: null, items: [], allKept: true, messages: [] },
  ...change,
});
const { signal } = new AbortController();

test('what is new is asked for by the version that is known', async () => {
  const asked: (string | null)[] = [];
  const series = await loadSeries(known, (since) => {
    asked.push(since);
    return Promise.resolve(answer({ items: [item(5)] }));
  });
  expect(asked).toEqual(['1']);
  expect(series).toMatchObject({ version: '2', items: [item(0), item(5)] });
});

test('where nothing is new the series itself comes back', async () => {
  const same = () => Promise.resolve(answer({ version: '1' }));
  expect(await loadSeries(known, same)).toBe(known);
});

test('an answer that does not fit is asked for anew and in full', async () => {
  const asked: (string | null)[] = [];
  const series = await loadSeries(known, (since) => {
    asked.push(since);
    const full = answer({ reset: true, items: [item(7)] });
    return Promise.resolve(since === null ? full : answer({ kept: [[9, 9]] }));
  });
  expect(asked).toEqual(['1', null]);
  expect(series.items).toEqual([item(7)]);
});

test('a server that contradicts itself is a clear error', async () => {
  const never = () => Promise.resolve(answer({ kept: [[9, 9]] }));
  await expect(loadSeries(known, never)).rejects.toThrow(/contradicts itself/);
});

test('the points of a loss term come with it', async () => {
  const source = new MemorySource([{ run: memoryRun('a', []), steps: [] }]);
  const first = await loadLosses(source, 'a', undefined, signal);
  expect(first.terms[0]?.points).toHaveLength(3);
});

test('the runs are in the order of their names, and a run that is gone is gone', async () => {
  const runs = ['b', 'a'].map((name) => ({ run: memoryRun(name, []), steps: [] }));
  const source = new MemorySource(runs);
  const first = await loadListing(source, undefined, signal);
  expect(first.runs.map(({ name }) => name)).toEqual(['a', 'b']);
  source.runs = runs.slice(0, 1);
  const next = await loadListing(source, first, signal);
  expect(next.runs.map(({ name }) => name)).toEqual(['b']);
});

/** A source whose listings a test gives one after the other. */
function listings(...answers: readonly Partial<ListingAnswer>[]) {
  const asked: (string | null)[] = [];
  let next = 0;
  const listing = (since: string | null): Promise<ListingAnswer> => {
    asked.push(since);
    const plain = { version: String(next), reset: false, kept: null, runs: [], messages: [] };
    return Promise.resolve({ ...plain, ...answers[next++] });
  };
  return { asked, source: { listing } as unknown as Source };
}

const [a, b] = [memoryRun('a', ['conv1']), memoryRun('b', ['conv1'])];
const listed = { version: '7', runs: [a, b], messages: [] };

test('a listing without news is the same object', async () => {
  const { source, asked } = listings({ version: '7' });
  expect(await loadListing(source, listed, signal)).toBe(listed);
  expect(asked).toEqual(['7']);
});

test('a run that has changed takes the place of the old one, the others stay themselves', async () => {
  const newer = { ...b, version: '2' };
  const { source } = listings({ kept: new Map([['a', '1']]), runs: [newer] });
  const { runs } = await loadListing(source, listed, signal);
  expect(runs).toEqual([a, newer]);
  expect(runs[0]).toBe(a);
});

test('a run that neither stands nor comes is gone', async () => {
  const { source } = listings({ kept: new Map([['b', '1']]) });
  expect((await loadListing(source, listed, signal)).runs).toEqual([b]);
});

test.each([
  ['a run', new Map([['x', '1']])],
  ['a version', new Map([['a', '99']])],
])('a listing that speaks of %s that is not known is asked for in full', async (_, kept) => {
  const { source, asked } = listings({ kept }, { reset: true, runs: [a] });
  expect((await loadListing(source, listed, signal)).runs).toEqual([a]);
  expect(asked).toEqual(['7', null]);
});

test('what can not be read is told also where no run has changed', async () => {
  const { source } = listings({ version: '7', messages: ['c is damaged'] });
  const next = await loadListing(source, listed, signal);
  expect(next).toMatchObject({ runs: [a, b], messages: ['c is damaged'] });
});

test('whether all was kept is told also where no item has changed', async () => {
  const dropped = () => Promise.resolve(answer({ version: '1', allKept: false }));
  expect(await loadSeries(known, dropped)).toMatchObject({ allKept: false, items: known.items });
});

test('what is known is not changed by an answer that fails', async () => {
  const gone = () => Promise.reject(new UnreachableError('gone'));
  await expect(loadSeries(known, gone)).rejects.toThrow('gone');
  expect(known).toEqual({ version: '1', items: [item(0)], allKept: true, messages: [] });
});
