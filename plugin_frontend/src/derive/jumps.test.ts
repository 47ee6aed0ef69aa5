import { expect, test } from 'vitest';
import { jumpsOf } from './jumps';

const pointsOf = (values: (number | null)[]) =>
  values.map((value, step) => ({ step, wallTime: 0, value }));
const noisy = (length: number) =>
  Array.from({ length }, (_, i) => 5 * Math.exp(-i / 50) + 0.1 * Math.sin(7 * i));

test('noise and a falling loss have no jumps', () => {
  expect(jumpsOf(pointsOf(noisy(300)))).toEqual([]);
  expect(jumpsOf(pointsOf(Array.from({ length: 50 }, (_, i) => 50 - i)))).toEqual([]);
});

test('a sudden rise is one, and the fall after it is none', () => {
  const values = noisy(300);
  values[120] = values[120]! + 2;
  const jumps = jumpsOf(pointsOf(values));
  expect(jumps.map(({ step }) => step)).toEqual([120]);
  expect(jumps[0]!.rise).toBeCloseTo(values[120] - values[119]!);
});

test('a constant loss that rises once jumps once; rounding is no rise', () => {
  expect(jumpsOf(pointsOf([...Array<number>(20).fill(1), 2, 2]))).toEqual([{ step: 20, rise: 1 }]);
  expect(jumpsOf(pointsOf([...Array<number>(20).fill(1), 1 + 1e-7]))).toEqual([]);
});

test('what is not finite any more has jumped; too few points tell nothing', () => {
  expect(jumpsOf(pointsOf([3, 2, null, null, 2]))).toEqual([{ step: 2, rise: Infinity }]);
  expect(jumpsOf(pointsOf([1, 9]))).toEqual([]);
  expect(jumpsOf([])).toEqual([]);
});
