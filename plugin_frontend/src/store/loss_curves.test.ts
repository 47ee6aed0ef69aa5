import { expect, test } from 'vitest';
import type { Losses, LossTerm } from '../api/types';
import { curvesOf, lossesAsCsv, plotData, residualAt, valueAt, weightAt } from './loss_curves';

function term(kind: LossTerm['kind'], output: string | null, values: (number | null)[]): LossTerm {
  const role = output === null ? null : output === 'main' ? 'main' : 'auxiliary';
  const points = values.map((value, i): [number, number, number | null] => [10 * i, 0, value]);
  return { tag: `loss/${kind}/${output}`, kind, output, role, points };
}

const losses: Losses = {
  run: 'r/train',
  terms: [
    term('total', null, [6.5, 3.25]),
    term('penalty', null, [0.5, 0.25]),
    term('output', 'aux1', [10, 5]),
    term('weighted', 'aux1', [3, 1.5]),
    term('weighted', 'main', [3, 1.5]),
  ],
  validation: { run: 'r/validation', terms: [term('total', null, [null, 4])] },
};

test('the total comes first, then main, the auxiliary heads and the penalty', () => {
  const labels = curvesOf(losses).map((curve) => [curve.label, curve.validation]);
  expect(labels).toEqual([
    ['total', false],
    ['main', false],
    ['aux1', false],
    ['penalty', false],
    ['total', true],
  ]);
});

test('the residual is what the total has beyond its parts', () => {
  const curves = curvesOf(losses);
  expect(residualAt(curves, 0)).toBeCloseTo(0);
  curves[0]!.term = term('total', null, [7, 3]);
  expect(residualAt(curves, 0)).toBeCloseTo(0.5);
  expect(residualAt([], 0)).toBeNull();
});

test('a weight is what the loss was multiplied with at that step', () => {
  const [aux1, main] = [losses.terms[3]!, losses.terms[4]!];
  expect(weightAt(losses, aux1, 10)).toBe(0.3);
  expect(weightAt(losses, main, 10)).toBeNull();
});

test('a step between points takes the nearest', () => {
  expect(valueAt(losses.terms[0]!, 6)).toBe(3.25);
  expect(valueAt(term('total', null, []), 6)).toBeNull();
});

test('stacked curves add up to the total', () => {
  const [steps, ...columns] = plotData(curvesOf(losses), true);
  expect(steps).toEqual([0, 10]);
  expect(columns.at(-1)).toEqual([6.5, 3.25]);
});

test('separate curves keep gaps', () => {
  expect(plotData(curvesOf(losses), false).at(-1)).toEqual([null, 4]);
  expect(plotData([], false)).toEqual([[]]);
});

test('the table holds every term, and nothing where there is no point', () => {
  const lines = lossesAsCsv(losses).split('\r\n');
  expect(lines[0]).toContain('step,wall_time,r/train: loss/total/null');
  expect(lines[1]).toBe('0,0,6.5,0.5,10,3,3,');
  expect(lines[2]).toBe('10,0,3.25,0.25,5,1.5,1.5,4');
});
