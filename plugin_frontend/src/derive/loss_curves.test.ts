import { expect, test } from 'vitest';
import { lossesAsCsv } from '../files/losses';
import type { Losses, LossTerm } from '../model/loss';
import { curvesOf, overlaidCurves, shownCurves, soloed, toggled } from './loss_curves';
import { plotData, timesOf } from './loss_plot';
import { differenceAt, pointAt, residualAt, weightAt } from './loss_values';
import { runColorsOf } from './run_colors';

function term(
  kind: LossTerm['kind'],
  output: string | null,
  values: (number | null)[],
  stride = 10,
): LossTerm {
  const role = output === null ? null : output === 'main' ? 'main' : 'auxiliary';
  const points = values.map((value, i) => ({ step: stride * i, wallTime: 100 + i, value }));
  return { tag: `loss/${kind}/${output ?? ''}`, kind, output, role, points, allKept: true };
}

const losses = (run: string, ...terms: LossTerm[]): Losses => ({
  ...{ run, version: '', messages: [] },
  terms,
});
const train = losses(
  'r/train',
  term('total', null, [6.5, 3.25]),
  term('penalty', null, [0.5, 0.25]),
  term('output', 'aux1', [10, 5]),
  term('weighted', 'aux1', [3, 1.5]),
  term('weighted', 'main', [3, 1.5]),
  term('reported', 'accuracy', [1, 2]),
);
const pair = { train, validation: losses('r/validation', term('total', null, [null, 4], 50)) };

test('the total comes first, then main, the auxiliary heads, the penalty, and what is reported', () => {
  const labels = curvesOf(pair).map((curve) => [curve.label, curve.validation]);
  expect(labels).toEqual([
    ['total', false],
    ['main', false],
    ['aux1', false],
    ['penalty', false],
    ['accuracy (as reported)', false],
    ['total', true],
  ]);
});

test('a value comes with the step that it was measured at', () => {
  const validation = pair.validation.terms[0];
  expect(pointAt(validation, 0)).toMatchObject({ step: 0, value: null });
  expect(pointAt(validation, 30)).toMatchObject({ step: 50, value: 4 });
  expect(pointAt(term('total', null, []), 6)).toBeUndefined();
  expect(pointAt(undefined, 6)).toBeUndefined();
});

test('the residual is what the total has beyond its parts, and leaves out what is reported', () => {
  expect(residualAt(curvesOf(pair), 2)).toEqual({ step: 0, value: 0 });
  const missing = {
    ...pair,
    train: losses('r', ...train.terms.slice(0, 1), term('penalty', null, [])),
  };
  expect(residualAt(curvesOf(missing), 0)).toBeNull();
  expect(residualAt([], 0)).toBeNull();
});

test('a weight is what the loss was multiplied with at that step', () => {
  expect(weightAt(train, train.terms[3]!, 10)).toBe(0.3);
  expect(weightAt(train, train.terms[4]!, 10)).toBeNull();
});

test('stacked curves add up to the total', () => {
  const [steps, ...columns] = plotData(curvesOf(pair), true, 0, 'step');
  expect(steps).toEqual([0, 10]);
  expect(columns.at(-1)).toEqual([6.5, 3.25]);
});

test('separate curves keep gaps', () => {
  expect(plotData(curvesOf(pair), false, 0, 'step').at(-1)).toEqual([null, null, 4]);
  expect(plotData([], false, 0, 'step')).toEqual([[]]);
});

test('the table holds every term, and nothing where there is no point', () => {
  const lines = lossesAsCsv(pair).split('\r\n');
  expect(lines[0]).toContain('step,wall_time,r/train: loss/total/');
  expect(lines[1]).toBe('0,100,6.5,0.5,10,3,3,1,');
  expect(lines[3]).toBe('50,101,,,,,,,4');
});

test('a term has one colour in train and validation', () => {
  const only = losses('v', term('weighted', 'aux1', [1]));
  const curves = curvesOf({ train, validation: only });
  const aux = curves.filter(({ label }) => label === 'aux1').map(({ color }) => color);
  expect(aux).toEqual([2, 2]);
});

test('one term of several runs has a colour for each run', () => {
  const other = { train: losses('s/train', term('total', null, [1, 2])), validation: null };
  const colors = runColorsOf(['r/train', 'r/validation', 'new/train']);
  const curves = overlaidCurves([pair, other], 'total', colors);
  expect(
    curves.map(({ label, color, runColor, validation }) => [label, color, runColor, validation]),
  ).toEqual([
    ['r/train', 0, '--run-0', false],
    ['r/train', 0, '--run-0', true],
    ['s/train', 1, '--muted', false],
  ]);
});

test('a click hides, a double click leaves one alone and then shows all', () => {
  const curves = curvesOf(pair);
  const hidden = toggled([], 'total');
  expect(shownCurves(curves, hidden).some(({ label }) => label === 'total')).toBe(false);
  expect(toggled(hidden, 'total')).toEqual([]);
  const alone = soloed(hidden, curves, 'penalty');
  expect(shownCurves(curves, alone).map(({ label }) => label)).toEqual(['penalty']);
  expect(soloed(alone, curves, 'penalty')).toEqual([]);
});

test('time is that of the first point of the run, or of the clock', () => {
  const total = curvesOf(pair).slice(0, 1);
  expect(plotData(total, false, 0, 'relative')).toEqual([
    [0, 1],
    [6.5, 3.25],
  ]);
  expect(plotData(total, false, 0, 'wall')[0]).toEqual([100, 101]);
  expect(timesOf(total, 'relative')).toEqual({ steps: [0, 10], times: [0, 1] });
  expect(timesOf(total, 'step')).toBeNull();
});

test('a difference is between values of one step', () => {
  const [total, validation] = [train.terms[0], pair.validation.terms[0]];
  expect(differenceAt(total, term('total', null, [7, 3]), 12)).toEqual({ step: 10, value: -0.25 });
  expect(differenceAt(total, validation, 12)).toBeNull();
  expect(differenceAt(total, undefined, 12)).toBeNull();
});
