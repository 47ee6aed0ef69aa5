import { expect, test, vi } from 'vitest';
import { memoised, memoisedBy, memoisedList } from './memo';

test('the same arguments give the same object, others another', () => {
  const compute = vi.fn((a: number, b: object) => ({ a, b }));
  const of = memoised(compute, 2);
  const [first, second] = [{}, {}];
  expect(of(1, first)).toBe(of(1, first));
  expect(of(1, second)).not.toBe(of(1, first));
  expect(compute).toHaveBeenCalledTimes(2);
  of(3, first); // pushes out the least recently used
  of(1, second);
  expect(compute).toHaveBeenCalledTimes(4);
});

test('NaN is the same as NaN', () => {
  const compute = vi.fn((a: number) => [a]);
  const of = memoised(compute);
  expect(of(NaN)).toBe(of(NaN));
});

test('what belongs to an object is kept beside it', () => {
  const compute = vi.fn((owner: readonly number[], times: number) => [owner.length * times]);
  const of = memoisedBy(compute);
  const [a, b] = [[1], [1, 2]];
  expect([of(a, 2), of(b, 2), of(a, 2)]).toEqual([[2], [4], [2]]);
  expect(compute).toHaveBeenCalledTimes(2);
});

test('a list of the same things is the list from before', () => {
  const same = memoisedList<object>();
  const [a, b] = [{}, {}];
  const list = same([a, b]);
  expect(same([a, b])).toBe(list);
  expect(same([b, a])).not.toBe(list);
});
