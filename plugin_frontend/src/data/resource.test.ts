import { expect, test } from 'vitest';
import { DamagedError, UnreachableError } from '../model/failures';
import { problemOf } from '../model/loadable';
import { ResourceBench } from '../testing/resource_bench';

test('what is wanted is asked for once, the most urgent first, a few at a time', async () => {
  const bench = new ResourceBench();
  bench.want('a', 'b', 'c');
  bench.want('a', 'b', 'c');
  expect(bench.asked).toEqual(['a', 'b']);
  await bench.answer(1, 'B');
  expect(bench.asked).toEqual(['a', 'b', 'c']);
  expect(bench.value('b')).toBe('B');
  expect(bench.resource.peek({ name: 'a' }).status).toBe('loading');
});

test('what is no longer wanted is cancelled, and its late answer is dropped', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  bench.want('b');
  expect(bench.signals[0]!.aborted).toBe(true);
  const changes = bench.changes;
  await bench.answer(0, 'A');
  expect(bench.value('a')).toBeUndefined();
  expect(bench.changes).toBe(changes);
  await bench.answer(1, 'B');
  expect(bench.value('b')).toBe('B');
});

test('answers out of order each go to their own key', async () => {
  const bench = new ResourceBench();
  bench.want('a', 'b');
  await bench.answer(1, 'B');
  await bench.answer(0, 'A');
  expect([bench.value('a'), bench.value('b')]).toEqual(['A', 'B']);
});

test('a failure is a value, kept until it is tried again', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  await bench.fail(0, new DamagedError('broken'));
  bench.want('a');
  expect(bench.resource.peek({ name: 'a' })).toEqual({ status: 'failed', message: 'broken' });
  expect(bench.asked).toEqual(['a']);
  bench.resource.retry();
  await bench.answer(1, 'A');
  expect(bench.value('a')).toBe('A');
  expect(bench.outcomes.map((error) => error?.message ?? null)).toEqual(['broken', null]);
});

test('what could not be brought up to date stays, with its problem', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  await bench.answer(0, 'A');
  bench.resource.refresh();
  expect(bench.requests[1]!.known).toBe('A');
  await bench.fail(1, new UnreachableError('gone'));
  expect(bench.value('a')).toBe('A');
  expect(problemOf(bench.resource.peek({ name: 'a' }))).toBe('gone');
  expect(bench.resource.problems()).toEqual(['gone']);
});

test('a value that comes back itself changes nothing', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  await bench.answer(0, 'A');
  const before = bench.resource.peek({ name: 'a' });
  bench.resource.refresh();
  await bench.answer(1, 'A');
  expect(bench.resource.peek({ name: 'a' })).toBe(before);
  expect(bench.changes).toBe(1);
});

test('another stamp is a reason to ask again, the same is none', async () => {
  const bench = new ResourceBench();
  bench.resource.want([{ name: 'a', stamp: '1' }]);
  await bench.answer(0, 'A');
  bench.resource.want([{ name: 'a', stamp: '1' }]);
  expect(bench.asked).toEqual(['a']);
  bench.resource.want([{ name: 'a', stamp: '2' }]);
  expect(bench.asked).toEqual(['a', 'a']);
});

test('the least recently wanted is dropped first, what is wanted never', async () => {
  const bench = new ResourceBench(6);
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    bench.want(name);
    await bench.answer(index, name.repeat(3));
  }
  expect([bench.value('a'), bench.value('b'), bench.value('c')]).toEqual([undefined, 'bbb', 'ccc']);
  bench.want('c', 'large');
  await bench.answer(3, 'l'.repeat(50));
  expect(bench.value('large')).toHaveLength(50);
  expect(bench.value('b')).toBeUndefined();
  expect(bench.value('c')).toBe('ccc');
});

test('what was wanted again is not the least recently wanted', async () => {
  const bench = new ResourceBench(6);
  bench.want('a');
  await bench.answer(0, 'aaa');
  bench.want('b');
  await bench.answer(1, 'bbb');
  bench.want('a');
  bench.want('c');
  await bench.answer(2, 'ccc');
  expect([bench.value('a'), bench.value('b'), bench.value('c')]).toEqual(['aaa', undefined, 'ccc']);
});

test('exactly as many bytes as may be kept are kept, and one more is too many', async () => {
  const bench = new ResourceBench(6);
  bench.want('a', 'b');
  await bench.answer(0, 'aaa');
  await bench.answer(1, 'bbb');
  bench.want();
  expect([bench.value('a'), bench.value('b')]).toEqual(['aaa', 'bbb']);
  bench.want('c');
  await bench.answer(2, 'c');
  expect([bench.value('a'), bench.value('b'), bench.value('c')]).toEqual([undefined, 'bbb', 'c']);
});

test('a value that grows counts with its new size', async () => {
  const bench = new ResourceBench(6);
  bench.want('other');
  await bench.answer(0, 'ooo');
  bench.want('a');
  await bench.answer(1, 'aaa');
  bench.resource.refresh();
  await bench.answer(2, 'aaaa');
  expect(bench.value('a')).toBe('aaaa');
  expect(bench.value('other')).toBeUndefined();
});

test('the cancelled make room for what is wanted instead', () => {
  const bench = new ResourceBench();
  bench.want('a', 'b', 'c');
  bench.want('c', 'd', 'e');
  expect(bench.asked).toEqual(['a', 'b', 'c', 'd']);
  expect(bench.signals.map(({ aborted }) => aborted)).toEqual([true, true, false, false]);
});

test('what waits is asked for in the order in which it is wanted now', async () => {
  const bench = new ResourceBench(1000, 1);
  bench.want('a', 'b', 'c');
  bench.want('a', 'c', 'b');
  await bench.answer(0, 'A');
  await bench.answer(1, 'C');
  expect(bench.asked).toEqual(['a', 'c', 'b']);
});

test('a failure of one lets the next begin', async () => {
  const bench = new ResourceBench(1000, 1);
  bench.want('a', 'b');
  await bench.fail(0, new DamagedError('broken'));
  expect(bench.asked).toEqual(['a', 'b']);
  await bench.answer(1, 'B');
  expect(bench.value('b')).toBe('B');
});

test('the same twice in a list is one request', () => {
  const bench = new ResourceBench();
  bench.want('a', 'a');
  expect(bench.asked).toEqual(['a']);
});

test('what was never wanted is on its way, as far as a view can tell', () => {
  const bench = new ResourceBench();
  expect(bench.resource.peek({ name: 'x' })).toEqual({ status: 'loading' });
  expect(bench.asked).toEqual([]);
});
