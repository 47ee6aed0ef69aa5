import { expect, test } from 'vitest';
import type { Listing, Run } from '../model/run';
import { START } from '../state/selection';
import { memoryRun } from '../testing/memory_source';
import { MOST_OVERLAID, matcherOf, matchingRuns, overlaidRuns } from './run_choice';
import { sideRun, sideRuns } from './side';

const listingOf = (...runs: Run[]): Listing => ({ version: '1', runs, messages: [] });
const runs = ['a/train', 'b/train', 'B/test'].map((name) => memoryRun(name, ['conv1']));
const listing = listingOf(...runs);
const names = (found: readonly (Run | null)[]) => found.map((run) => run?.name ?? null);

test.each([
  ['', 'anything', true],
  ['train', 'a/train', true],
  ['TRAIN', 'a/train', true],
  ['^train', 'a/train', false],
  ['a|b', 'xbx', true],
  ['a.c', 'abc', true],
  ['^$', '', true],
])('“%s” matches the run “%s”: %s', (text, name, expected) => {
  expect(matcherOf(text)!(name)).toBe(expected);
});

test.each(['(', '[', '*', '\\'])('“%s” is no expression, and matches nothing', (text) => {
  expect(matcherOf(text)).toBeNull();
  expect(matchingRuns(listing, text)).toEqual([]);
});

test('of runs that match, those are found that are listed', () => {
  const validation = memoryRun('a/validation', []);
  const train = memoryRun('a/train', ['x'], { validationRun: 'a/validation' });
  expect(names(matchingRuns(listingOf(train, validation), 'a/'))).toEqual(['a/train']);
});

test.each([
  ['the chosen one alone', {}, ['a/train']],
  ['with the one that is compared', { comparison: 'B/test' }, ['a/train', 'B/test']],
  ['with those that match, each once', { runFilter: 'b/' }, ['a/train', 'b/train', 'B/test']],
  [
    'compared before matching',
    { comparison: 'B/test', runFilter: '.' },
    ['a/train', 'B/test', 'b/train'],
  ],
  ['without one that isn’t there', { comparison: 'gone' }, ['a/train']],
  ['without an expression that is none', { runFilter: '(' }, ['a/train']],
])(
  'losses are drawn of %s',
  (_, { comparison, runFilter = '' }: { comparison?: string; runFilter?: string }, expected) => {
    const compared = comparison === undefined ? null : ({ kind: 'run', run: comparison } as const);
    const selection = { ...START, run: 'a/train', runFilter, comparison: compared };
    expect(names(overlaidRuns(listing, selection))).toEqual(expected);
    expect(overlaidRuns(listing, selection)).toBe(overlaidRuns(listing, selection));
  },
);

test('of very many runs so many are drawn, the chosen one among them', () => {
  const many = Array.from({ length: 99 }, (_, i) => memoryRun(`r${i}`, ['x']));
  const found = overlaidRuns(listingOf(...many), { ...START, run: 'r98', runFilter: 'r' });
  expect(found).toHaveLength(MOST_OVERLAID);
  expect(found[0]?.name).toBe('r98');
});

test('what is beside the maps is of the pane that was chosen', () => {
  const comparison = { kind: 'run', run: 'b/train' } as const;
  const of = (pane: 0 | 1, other: typeof comparison | null) =>
    sideRun(listing, { ...START, run: 'a/train', pane, comparison: other })?.name;
  expect([of(0, comparison), of(1, comparison), of(1, null)]).toEqual([
    'a/train',
    'b/train',
    'a/train',
  ]);
});

test('two steps of a run are of one run', () => {
  const selection = {
    ...START,
    run: 'a/train',
    pane: 1,
    comparison: { kind: 'step', step: 3 },
  } as const;
  expect(names(sideRuns(listing, selection))).toEqual(['a/train', null]);
  expect(sideRun(listing, selection)?.name).toBe('a/train');
});
