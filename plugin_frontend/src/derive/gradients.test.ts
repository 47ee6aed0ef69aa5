import { expect, test } from 'vitest';
import type { Gradients } from '../model/gradient';
import { brightnessAt, cosineAt, gradientTable, normAt, sharesAt, updatesAt } from './gradients';

const TERMS = [
  { name: 'main', kind: 'output', role: 'main' },
  { name: 'aux1', kind: 'output', role: 'auxiliary' },
  { name: 'penalty', kind: 'penalty', role: null },
] as const;

function at(step: number, values: readonly number[]) {
  return { step, wallTime: step, values: Float32Array.from(values) };
}

/** Two layers at two steps; no term reaches the second layer at the second step. */
const GRADIENTS: Gradients = {
  run: 'run',
  version: '1',
  messages: [],
  series: [
    {
      tag: 'featuremaps/gradients',
      place: 'activations',
      layers: ['a', 'b'],
      terms: TERMS,
      allKept: true,
      steps: [
        at(0, [6, 1, 2, 0.5, 0, NaN, 1, 1, 0, NaN, 0, NaN]),
        at(10, [0.06, 1, 0.02, -0.5, 0, NaN, 0, NaN, 0, NaN, 0, NaN]),
      ],
    },
    {
      tag: 'featuremaps/gradients/updates',
      place: 'updates',
      layers: ['a'],
      terms: [],
      allKept: true,
      steps: [at(0, [NaN]), at(10, [0.25])],
    },
  ],
};

test('a table holds the terms that are anywhere, with norms, cosines and shares', () => {
  const table = gradientTable(GRADIENTS, 'activations', null)!;
  expect(table.terms.map(({ name, isMain }) => [name, isMain])).toEqual([
    ['main', true],
    ['aux1', false],
  ]);
  expect(table.steps).toEqual([0, 10]);
  expect(normAt(table, 0, 0, 1)).toBe(2);
  expect(cosineAt(table, 1, 0, 1)).toBe(-0.5);
  expect(sharesAt(table, 0, 0)).toEqual([0.75, 0.25]);
  expect(sharesAt(table, 1, 1)).toBeNull();
  expect(gradientTable(GRADIENTS, 'activations', null)).toBe(table);
});

test('brightness goes by the logarithm of the sum, and tells none and not finite apart', () => {
  const table = gradientTable(GRADIENTS, 'activations', null)!;
  expect(table.range?.[1]).toBe(8);
  expect(brightnessAt(table, 0, 0)).toBe(1);
  expect(brightnessAt(table, 1, 0)).toBeCloseTo(0.2);
  const middle = brightnessAt(table, 0, 1);
  expect(middle).toBeGreaterThan(0.2);
  expect(middle).toBeLessThan(1);
  expect(brightnessAt(table, 1, 1)).toBe(0);
  const [series, ...rest] = GRADIENTS.series;
  const broken = { ...series!, steps: [at(0, Array<number>(12).fill(NaN))] };
  const all = gradientTable({ ...GRADIENTS, series: [broken, ...rest] }, 'activations', null)!;
  expect(all.range).toBeNull();
  expect(brightnessAt(all, 0, 0)).toBeNaN();
});

test('updates are those of the nearest step; no series is no table', () => {
  expect(updatesAt(GRADIENTS, 9).get('a')).toBe(0.25);
  expect(gradientTable(GRADIENTS, 'kernels', null)).toBeNull();
});

test('terms have the colours of the loss panel', () => {
  const term = { role: null, points: [], allKept: true };
  const terms = [
    { ...term, tag: 'loss/total', kind: 'total' as const, output: null },
    { ...term, tag: 'loss/aux1/weighted', kind: 'weighted' as const, output: 'aux1' },
    { ...term, tag: 'loss/main/weighted', kind: 'weighted' as const, output: 'main' },
  ];
  const losses = { train: { run: 'run', version: '1', terms, messages: [] }, validation: null };
  const table = gradientTable(GRADIENTS, 'activations', losses)!;
  expect(table.terms.map(({ name, color }) => [name, color])).toEqual([
    ['main', 2],
    ['aux1', 1],
  ]);
});
