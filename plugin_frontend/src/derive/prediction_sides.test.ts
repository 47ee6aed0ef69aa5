import { expect, test } from 'vitest';
import { LOADING, type Loadable } from '../model/loadable';
import type { HeadPredictions, Predictions } from '../model/prediction';
import { memoryRun } from '../testing/memory_source';
import { comparedRows, headAt, headNames } from './prediction_rows';
import { columnsOfSides, drawnSides, type PredictionSide } from './prediction_sides';

type Top = readonly (readonly [index: number, value: number])[];

/** A head of three classes; for each step, ten apart, the largest values of the one probe. */
function head(name: string, classNames: string[], tops: readonly Top[]): HeadPredictions {
  const steps = tops.map((top, place) => ({
    step: 10 * place,
    wallTime: place,
    predictions: [
      {
        top: top.map(([index, value]) => ({ index, value })),
        trueValue: top[0]?.[1] ?? null,
        trueRank: 1,
        nonfinite: 0,
      },
    ],
  }));
  const role = name === 'main' ? 'main' : 'auxiliary';
  const shared = { tag: name, name, role, weight: 1, allKept: true } as const;
  return { ...shared, classNames, classes: 3, trueClass: [null], steps };
}

function side(run: string, step: number, heads: HeadPredictions[] | null): PredictionSide {
  const value: Predictions = { version: '', messages: [], heads: heads ?? [] };
  const predictions: Loadable<Predictions> = { status: 'ready', value, problem: null };
  return { run: memoryRun(run, []), probe: 0, step, predictions: heads && predictions };
}

const ABC = ['a', 'b', 'c'];
const main = head('main', ABC, [
  [
    [1, 0.6],
    [0, 0.3],
  ],
  [[2, 0.9]],
]);
const library = { outputs: { peek: () => LOADING } } as unknown as Parameters<
  typeof columnsOfSides
>[0];

test('two steps of a run are compared class by class', () => {
  const sides = [side('r', 0, [main]), side('r', 10, [main])];
  const heads = sides.map((side) => headAt(side, 'main'));
  expect(heads.map((head) => head?.at.step)).toEqual([0, 10]);
  expect(comparedRows(sides, heads)).toEqual([
    { name: 'c', isTrue: false, values: [null, 0.9] },
    { name: 'b', isTrue: false, values: [0.6, null] },
    { name: 'a', isTrue: false, values: [0.3, null] },
  ]);
});

test('classes of two runs are told by their names where their lists differ', () => {
  const other = head('main', ['c', 'a', 'd'], [[[0, 0.7], [2, 0.2]]]); // prettier-ignore
  const sides = [side('r', 10, [main]), side('s', 10, [other])];
  const heads = sides.map((side) => headAt(side, 'main'));
  expect(comparedRows(sides, heads)).toEqual([
    { name: 'c', isTrue: false, values: [0.9, 0.7] },
    { name: 'd', isTrue: false, values: [null, 0.2] },
  ]);
});

test('the class that is drawn is that of the same name in the other run', () => {
  const other = head('main', ['c', 'a', 'd'], [[[0, 0.7]]]); // prettier-ignore
  const sides = [side('r', 10, [main]), side('s', 10, [other])];
  expect(drawnSides(sides, 2).map(({ index }) => index)).toEqual([2, 0]);
  expect(drawnSides(sides, 1).map(({ index }) => index)).toEqual([1, -1]);
  expect(columnsOfSides(library, drawnSides(sides, 2))).toEqual([
    [0, 10],
    [null, 0.9],
    [0.7, null],
  ]);
  expect(drawnSides(sides, 2)).toBe(drawnSides(sides, 2));
});

test('a run is drawn once, and not without predictions; the main head comes first', () => {
  const aux = head('aux', ABC, [[[0, 0.5]]]);
  const own = side('r', 0, [aux, main]);
  const sides = [own, { ...own, step: 10 }, side('s', 0, null)];
  expect(drawnSides(sides, null).map(({ run }) => run.name)).toEqual(['r']);
  expect(headNames(sides)).toEqual(['main', 'aux']);
  expect(headAt(sides[2]!, 'main')).toBeNull();
});
