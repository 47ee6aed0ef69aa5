import { expect, test } from 'vitest';
import type { Library } from '../data/library';
import { LOADING, type Loadable } from '../model/loadable';
import type { Losses } from '../model/loss';
import { lossesOf, termOf } from '../testing/losses';
import { memoryRun } from '../testing/memory_source';
import { ready } from '../testing/test_pane';
import { lossPairOf, lossPairsOf } from './losses';

const run = memoryRun('train', [], { validationRun: 'val' });
const alone = memoryRun('train', []);
const train = ready(lossesOf('train', termOf('total', null, { 0: 1 })));
const val = ready(lossesOf('val', termOf('total', null, { 0: 2 })));
const failed: Loadable<Losses> = { status: 'failed', message: 'no such run' };
const stale = { ...train, problem: 'gone' };

function holding(known: Record<string, Loadable<Losses>>): Library {
  const peek = ({ run: name }: { run: string }) => known[name] ?? LOADING;
  return { losses: { peek } } as unknown as Library;
}

test.each<[string, Record<string, Loadable<Losses>>, unknown]>([
  ['both are there', { train, val }, { value: { train: train.value, validation: val.value } }],
  ['the validation is on its way', { train }, LOADING],
  ['the training is on its way', { val }, LOADING],
  ['the training can’t be had', { train: failed, val }, failed],
  [
    'the validation can’t be had',
    { train, val: failed },
    { value: { train: train.value, validation: null }, problem: 'no such run' },
  ],
  ['one is out of date', { train: stale, val }, { problem: 'gone' }],
])('where %s, that is what is shown', (_, known, expected) => {
  expect(lossPairOf(holding(known), run)).toMatchObject(expected as object);
});

test('a run without validation needs none, one without losses nothing', () => {
  expect(lossPairOf(holding({ train }), alone)).toMatchObject({ value: { validation: null } });
  expect(lossPairOf(holding({}), { ...alone, hasLosses: false })).toBeNull();
});

test('the same losses are the same pair, also in a list of several runs', () => {
  const library = holding({ train, val });
  expect(lossPairOf(library, run)).toBe(lossPairOf(library, run));
  const other = memoryRun('val', []);
  const late = memoryRun('late', []);
  const pairs = lossPairsOf(library, [run, late, other]);
  expect(pairs.map((pair) => pair.train.run)).toEqual(['train', 'val']);
  expect(lossPairsOf(library, [run, late, other])).toBe(pairs);
});
