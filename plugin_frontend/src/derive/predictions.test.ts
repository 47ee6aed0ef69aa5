import { expect, test } from 'vitest';
import { LOADING, type Loadable } from '../model/loadable';
import type { FullOutput, HeadPredictions, Prediction } from '../model/prediction';
import {
  classColumns,
  classChoices,
  className,
  drawnClass,
  headsOf,
  learnedAt,
  outputAsks,
} from './predictions';

function prediction(...top: [index: number, value: number][]): Prediction {
  return {
    top: top.map(([index, value]) => ({ index, value })),
    trueValue: 0.1,
    trueRank: 3,
    nonfinite: 0,
  };
}

function head(name: string, classes: number, rows: Prediction[], stride = 10): HeadPredictions {
  const steps = rows.map((row, i) => ({ step: stride * i, wallTime: i, predictions: [row] }));
  const role = name === 'main' ? 'main' : 'auxiliary';
  const constant = { tag: name, name, role, weight: 1, classNames: [], allKept: true } as const;
  return { ...constant, classes, trueClass: [7], steps };
}

const none = { outputs: { peek: () => LOADING } } as unknown as Parameters<typeof classColumns>[0];

test('the main head comes first', () => {
  const heads = [head('aux', 2, []), head('main', 2, [])];
  expect(headsOf({ version: '', messages: [], heads }).map(({ name }) => name)).toEqual([
    'main',
    'aux',
  ]);
});

test('heads that were logged at different steps share the axis', () => {
  const [a, b] = [
    head('main', 2, [prediction([0, 0.5], [1, 0.5])]),
    head('aux', 2, [prediction([1, 0]), prediction([1, 1], [0, 0])], 5),
  ];
  expect(classColumns(none, 'r', [a, b], 0, 1)).toEqual([
    [0, 5],
    [0.5, null],
    [0, 1],
  ]);
});

test('the true class is always known, another of many only among the top or in full', () => {
  const rows = [prediction([3, 0.9]), prediction([4, 0.8])];
  const heads = [head('main', 1000, rows)];
  expect(classColumns(none, 'r', heads, 0, 7)).toEqual([
    [0, 10],
    [0.1, 0.1],
  ]);
  expect(classColumns(none, 'r', heads, 0, 3)).toEqual([
    [0, 10],
    [0.9, null],
  ]);
  expect(outputAsks('r', heads, 0, 3)).toEqual([{ run: 'r', tag: 'main', step: 10, wallTime: 1 }]);
  const values = Float32Array.from({ length: 1000 }, () => 0.25);
  const full: Loadable<FullOutput> = {
    status: 'ready',
    value: { classes: 1000, values },
    problem: null,
  };
  const known = { outputs: { peek: () => full } } as unknown as typeof none;
  expect(classColumns(known, 'r', heads, 0, 3)[1]).toEqual([expect.closeTo(0.9), 0.25]);
});

test('of very many classes those are offered that mattered', () => {
  const heads = [head('main', 20_000, [prediction([9, 1]), prediction([3, 1])])];
  const predictions = { version: '', messages: [], heads };
  expect(classChoices(predictions, 0)).toEqual([3, 7, 9]);
  expect([drawnClass(predictions, 0, null), drawnClass(predictions, 0, 9)]).toEqual([7, 9]);
  expect(drawnClass(predictions, 0, 99_999)).toBe(7);
});

test('of a probe without a label the class is drawn that is predicted now', () => {
  const unlabelled = { trueClass: [null] } as const;
  const main = { ...head('main', 20_000, [prediction([9, 1]), prediction([3, 1])]), ...unlabelled };
  const aux = { ...head('aux', 20_000, [prediction([5, 1])]), ...unlabelled };
  expect(drawnClass({ version: '', messages: [], heads: [aux, main] }, 0, null)).toBe(3);
  expect(drawnClass({ version: '', messages: [], heads: [head('main', 9, [])] }, 1, null)).toBe(0);
});

test('a class is learned from the step on at which it stays the best', () => {
  const first = [prediction([0, 0.9], [1, 0.1]), prediction([1, 0.8], [0, 0.2])];
  const rows = [...first, prediction([0, 0.6], [1, 0.4]), prediction([1, 1], [0, 0])];
  expect(learnedAt(head('main', 2, rows), 0, 1)).toBe(30);
  expect(learnedAt(head('main', 2, rows), 0, 0)).toBeNull();
  expect(learnedAt(head('main', 2, [prediction([0, 0.5], [1, 0.5])]), 0, 0)).toBeNull();
  const broken = { ...prediction([0, 1]), nonfinite: 1 };
  expect(learnedAt(head('main', 2, [broken]), 0, 0)).toBeNull();
});

test('of two heads with classes of their own, one has nothing to say of what it doesn’t know', () => {
  const main = head('main', 12, [prediction([11, 0.9], [0, 0.1])]);
  const aux = head('aux', 3, [prediction([2, 0.5], [1, 0.4])]);
  const output = { classes: 3, values: Float32Array.from({ length: 12 }, (_, i) => i / 100) };
  const known = {
    outputs: { peek: () => ({ status: 'ready', value: output, problem: null }) },
  } as unknown as typeof none;
  // Class 11 of the first probe is no class 2 of the fourth.
  expect(classColumns(known, 'r', [main, aux], 0, 11)).toEqual([[0], [0.9], [null]]);
  expect(outputAsks('r', [main, aux], 0, 11)).toEqual([]);
});

test('a value that is not finite is not asked for again and again', () => {
  const broken = { ...prediction([1, 0.9]), nonfinite: 1 };
  const heads = [head('main', 2, [broken])];
  expect(outputAsks('r', heads, 0, 0)).toEqual([]);
  expect(classColumns(none, 'r', heads, 0, 0)).toEqual([[0], [null]]);
});

test('a probe that a head has no prediction for is a gap', () => {
  const heads = [head('main', 2, [prediction([1, 0.9])])];
  expect(classColumns(none, 'r', heads, 3, 1)).toEqual([[0], [null]]);
  expect(learnedAt(heads[0]!, 3, 1)).toBeNull();
});

test('full outputs are read at the probe that is asked for', () => {
  const rows = [prediction([3, 0.9])].map((row) => [row, row]);
  const steps = rows.map((predictions) => ({ step: 0, wallTime: 0, predictions }));
  const main = { ...head('main', 1000, []), trueClass: [7, 7], steps };
  const values = Float32Array.from({ length: 2000 }, (_, index) => index);
  const full = { status: 'ready', value: { classes: 1000, values }, problem: null };
  const known = { outputs: { peek: () => full } } as unknown as typeof none;
  expect(classColumns(known, 'r', [main], 0, 5)[1]).toEqual([5]);
  expect(classColumns(known, 'r', [main], 1, 5)[1]).toEqual([1005]);
});

test('the same columns are the same object, another class is another', () => {
  const heads = [head('main', 1000, [prediction([3, 0.9])])];
  expect(classColumns(none, 'r', heads, 0, 3)).toBe(classColumns(none, 'r', heads, 0, 3));
  expect(classColumns(none, 'r', heads, 0, 4)).not.toBe(classColumns(none, 'r', heads, 0, 3));
});

test('a class that was learned, forgotten and learned again counts from the last time', () => {
  const [right, wrong] = [prediction([1, 1], [0, 0]), prediction([0, 1], [1, 0])];
  const since = (...rows: Prediction[]) => learnedAt(head('main', 2, rows), 0, 1);
  expect(since(right, right)).toBe(0);
  expect(since(right, wrong, right)).toBe(20);
  expect(since(right, wrong)).toBeNull();
  expect(since()).toBeNull();
});

test('without heads there is no class to choose', () => {
  const predictions = { version: '', messages: [], heads: [] };
  expect([classChoices(predictions, 0), drawnClass(predictions, 0, 5)]).toEqual([[], 0]);
});

test('a class without a name is called by its number', () => {
  const named = { ...head('main', 3, []), classNames: ['cat', ''] };
  expect([0, 1, 2].map((index) => className(named, index))).toEqual(['cat', '', '2']);
});
