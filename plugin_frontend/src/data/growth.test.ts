import { expect, test } from 'vitest';
import { grown } from './growth';

const item = (step: number, wallTime = step) => ({ step, wallTime });
const known = [item(0), item(10), item(20)];

test('without news the very same list comes back', () => {
  expect(grown(known, { reset: false, kept: null, items: [] })).toBe(known);
  const kept = known.map(({ step, wallTime }) => [step, wallTime] as const);
  expect(grown(known, { reset: false, kept, items: [] })).toBe(known);
});

test('what is new is added in the order of the steps', () => {
  const items = [item(15), item(30)];
  const all = grown(known, { reset: false, kept: null, items });
  expect(all?.map(({ step }) => step)).toEqual([0, 10, 15, 20, 30]);
});

test('a step that was written anew takes the place of the old one', () => {
  const all = grown(known, { reset: false, kept: null, items: [item(10, 99)] });
  expect(all).toEqual([item(0), item(10, 99), item(20)]);
});

test('what TensorBoard has dropped is dropped', () => {
  const kept = [[0, 0] as const, [20, 20] as const];
  const all = grown(known, { reset: false, kept, items: [item(30)] });
  expect(all?.map(({ step }) => step)).toEqual([0, 20, 30]);
});

test('a rerun forgets everything', () => {
  expect(grown(known, { reset: true, kept: null, items: [item(5)] })).toEqual([item(5)]);
});

test('times that are not known are equal to each other', () => {
  const timeless = [item(0, NaN)];
  expect(grown(timeless, { reset: false, kept: [[0, NaN]], items: [] })).toBe(timeless);
});

test('an answer about items that are not here does not fit', () => {
  expect(grown(known, { reset: false, kept: [[5, 5]], items: [] })).toBeNull();
  expect(grown(known, { reset: false, kept: [[10, 11]], items: [] })).toBeNull();
});
