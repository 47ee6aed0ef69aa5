import { expect, test } from 'vitest';
import type { LossTerm } from '../model/loss';
import { lossesOf, termOf } from '../testing/losses';
import { curvesOf } from './loss_curves';
import { plotData, stackable, timesOf } from './loss_plot';

const curves = (...terms: LossTerm[]) =>
  curvesOf({ train: lossesOf('r', ...terms), validation: null });
const total = termOf('total', null, { 0: 6, 10: 3, 20: null });
const main = termOf('weighted', 'main', { 0: 4, 10: 2, 20: null });
const aux = termOf('weighted', 'aux1', { 0: 1.5, 10: 0.5, 20: 0.25 });
const penalty = termOf('penalty', null, { 0: 0.5, 10: 0.5, 20: 0.5 });
const accuracy = termOf('reported', 'accuracy', { 0: 0.1 });
const validation = lossesOf('r/val', termOf('total', null, { 5: 9, 10: 8 }));
const untimed = (term: LossTerm) => ({
  ...term,
  points: term.points.map((point) => ({ ...point, wallTime: NaN })),
});

test('what was measured at different steps shares the axis, with gaps', () => {
  const both = curvesOf({ train: lossesOf('r', total), validation });
  expect(plotData(both, false, 0, 'step')).toEqual([
    [0, 5, 10, 20],
    [6, null, 3, null],
    [null, 9, 8, null],
  ]);
});

test('the stack is made of the parts alone, the penalty at its bottom and main on top', () => {
  const stack = stackable(curves(total, main, aux, penalty, accuracy));
  expect(stack.map(({ label }) => label)).toEqual(['penalty', 'aux1', 'main']);
  const with_ = curvesOf({ train: lossesOf('r', total, main), validation });
  expect(stackable(with_).map(({ label }) => label)).toEqual(['main']);
});

test('stacked parts lie on each other, and what is not finite lies nowhere', () => {
  expect(plotData(curves(total, main, aux, penalty), true, 0, 'step')).toEqual([
    [0, 10, 20],
    [0.5, 0.5, 0.5],
    [2, 1, 0.75],
    [6, 3, null],
  ]);
});

test('times are since the first point of each run, or those of the clock', () => {
  const both = curvesOf({ train: lossesOf('r', total), validation });
  expect(plotData(both, false, 0, 'relative')[0]).toEqual([0, 5, 10, 20]);
  expect(plotData(both, false, 0, 'wall')[0]).toEqual([1000, 1005, 1010, 1020]);
  expect(plotData(both, false, 0, 'relative')[2]).toEqual([9, 8, null, null]);
});

test('points without a time have no place on an axis of time', () => {
  expect(plotData(curves(untimed(total)), false, 0, 'wall')).toEqual([[], []]);
  expect(plotData(curves(untimed(total)), false, 0, 'relative')).toEqual([[], []]);
  expect(plotData(curves(untimed(total)), false, 0, 'step')[0]).toEqual([0, 10, 20]);
  expect(timesOf(curves(untimed(total)), 'wall')).toEqual({ steps: [], times: [] });
});

test('smoothing leaves places, gaps and the first point as they are', () => {
  const [places, values] = plotData(
    curves(termOf('total', null, { 0: 4, 10: null, 20: 0 })),
    false,
    0.5,
    'step',
  );
  expect(places).toEqual([0, 10, 20]);
  expect(values).toEqual([4, null, 4 / 3]);
});

test('the steps’ times are those of the first curve', () => {
  expect(timesOf(curves(total, aux), 'relative')).toEqual({
    steps: [0, 10, 20],
    times: [0, 10, 20],
  });
  expect(timesOf(curves(total), 'wall')?.times[1]).toBe(1010);
  expect(timesOf(curves(total), 'step')).toBeNull();
  expect(timesOf([], 'wall')).toBeNull();
});

test('the same plot is the same object', () => {
  const shown = curves(total, aux);
  expect(plotData(shown, false, 0.5, 'wall')).toBe(plotData(shown, false, 0.5, 'wall'));
  expect(timesOf(shown, 'wall')).toBe(timesOf(shown, 'wall'));
  expect(stackable(shown)).toBe(stackable(shown));
});
