import { expect, test } from 'vitest';
import type { LossTerm } from '../model/loss';
import { lossesOf, termOf } from '../testing/losses';
import { curvesOf } from './loss_curves';
import { differenceAt, pointAt, residualAt, weightAt } from './loss_values';

const total = termOf('total', null, { 0: 6.5, 10: 3.25, 20: null });

test.each([
  [-5, 0, 6.5],
  [4, 0, 6.5],
  [5, 0, 6.5],
  [6, 10, 3.25],
  [17, 20, null],
  [1e9, 20, null],
])('at step %d the value is that of step %d: %s', (wanted, step, value) => {
  expect(pointAt(total, wanted)).toMatchObject({ step, value });
});

test('a validation value is never without the step at which it was measured', () => {
  const validation = termOf('total', null, { 50: 1.817 });
  expect(pointAt(validation, 0)).toMatchObject({ step: 50, value: 1.817 });
});

test.each([
  [{ 10: 3 }, 10, { step: 10, value: -0.25 }],
  [{ 10: 3 }, 13, { step: 10, value: -0.25 }],
  [{ 9: 3 }, 10, null],
  [{ 10: 3, 12: 5 }, 12, null],
  [{ 20: 3 }, 20, null],
  [{ 10: null }, 10, null],
  [{}, 10, null],
])('what another run with %j has more near step %d is %j', (other, step, expected) => {
  expect(differenceAt(total, termOf('total', null, other), step)).toEqual(expected);
});

test.each([
  ['what the loss was multiplied with', { 0: 10 }, { 0: 3 }, 0, 0.3],
  ['to three digits', { 0: 3 }, { 0: 1 }, 0, 0.333],
  ['at the step it was measured at', { 0: 10, 10: 1 }, { 0: 3, 10: 0.6 }, 9, 0.6],
  ['not known of a loss of zero', { 0: 0 }, { 0: 0 }, 0, null],
  ['not known where the loss was not measured', { 5: 10 }, { 0: 3 }, 0, null],
  ['not known of what is not finite', { 0: 10 }, { 0: null }, 0, null],
  ['not known of nothing', {}, {}, 0, null],
  ['negative where that is so', { 0: 2 }, { 0: -1 }, 0, -0.5],
])('the weight is %s', (_, plain, weighted, step, expected) => {
  const product = termOf('weighted', 'aux1', weighted);
  expect(weightAt(lossesOf('r', termOf('output', 'aux1', plain), product), product, step)).toBe(
    expected,
  );
});

test('the weight of one head is not that of another', () => {
  const product = termOf('weighted', 'aux1', { 0: 3 });
  const losses = lossesOf('r', termOf('output', 'aux2', { 0: 10 }), product);
  expect(weightAt(losses, product, 0)).toBeNull();
});

const residual = (step: number, ...terms: LossTerm[]) =>
  residualAt(curvesOf({ train: lossesOf('r', ...terms), validation: null }), step);

test.each([
  ['nothing where the parts add up', { 0: 6 }, { 0: 1 }, 0, { step: 0, value: 0.5 }],
  [
    'that of the total’s own step',
    { 0: 6, 10: 3 },
    { 0: 1, 10: 0.5 },
    7,
    { step: 10, value: -0.25 },
  ],
  ['not known where a part was not measured there', { 0: 6 }, { 10: 1 }, 0, null],
  ['not known where a part is not finite', { 0: null }, { 0: 1 }, 0, null],
])('the residual is %s', (_, main, penalty, step, expected) => {
  const whole = termOf('total', null, { 0: 7.5, 10: 3.25 });
  const found = residual(
    step,
    whole,
    termOf('weighted', 'main', main),
    termOf('penalty', null, penalty),
  );
  expect(found).toEqual(expected);
});

test('without a total there is no residual, and one that is not finite has none', () => {
  expect(residual(0, termOf('weighted', 'main', { 0: 1 }))).toBeNull();
  expect(residual(20, total, termOf('penalty', null, { 20: 1 }))).toBeNull();
});

test('a validation that is measured elsewhere doesn’t touch the residual of the training', () => {
  const train = lossesOf(
    'r',
    termOf('total', null, { 0: 2 }),
    termOf('weighted', 'main', { 0: 2 }),
  );
  const validation = lossesOf('v', termOf('total', null, { 0: 9 }));
  expect(residualAt(curvesOf({ train, validation }), 0)).toEqual({ step: 0, value: 0 });
});
