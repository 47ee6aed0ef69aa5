import { expect, test } from 'vitest';
import type { SeriesAnswer } from '../api/source';
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
