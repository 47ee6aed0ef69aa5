import { expect, test } from 'vitest';
import { HeldOrder } from './held_order';

test('the order stands while it plays, for what it is of', () => {
  const held = new HeldOrder();
  expect(held.of('a', false, [1, 0])).toEqual([1, 0]);
  expect(held.of('a', true, [0, 1])).toEqual([1, 0]);
  expect(held.of('a', true, [])).toEqual([1, 0]);
  expect(held.of('b', true, [0, 1])).toEqual([0, 1]);
  expect(held.of('b', false, [1, 0])).toEqual([1, 0]);
});

test('an order that is not known yet is not kept', () => {
  const held = new HeldOrder();
  held.of('a', false, []);
  expect(held.of('a', true, [0, 1])).toEqual([0, 1]);
  expect(held.of('a', true, [1, 0])).toEqual([0, 1]);
});
