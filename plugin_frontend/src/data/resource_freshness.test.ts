import { expect, test } from 'vitest';
import { DamagedError, UnreachableError } from '../model/failures';
import { problemOf } from '../model/loadable';
import { settle } from '../testing/deferred';
import { ResourceBench } from '../testing/resource_bench';

test('what was cancelled while it was brought up to date is still old, and asked for again', async () => {
  const bench = new ResourceBench();
  bench.wantStamped(['a', '1']);
  await bench.answer(0, 'old');
  bench.wantStamped(['a', '2']);
  bench.want('b'); // away from a before its answer comes
  expect(bench.signals[1]!.aborted).toBe(true);
  bench.wantStamped(['a', '2']);
  expect(bench.value('a')).toBe('old');
  expect(bench.asked).toEqual(['a', 'a', 'b', 'a']);
  await bench.answer(3, 'new');
  expect(bench.value('a')).toBe('new');
});

test('the late answer to a cancelled request never takes the place of a newer one', async () => {
  const bench = new ResourceBench();
  bench.wantStamped(['a', '1']);
  await bench.answer(0, 'old');
  bench.wantStamped(['a', '2']);
  bench.want();
  bench.wantStamped(['a', '3']);
  await bench.answer(2, 'newest');
  await bench.answer(1, 'late');
  expect(bench.value('a')).toBe('newest');
  await bench.fail(1, new UnreachableError('late too'));
  expect(problemOf(bench.resource.peek({ name: 'a' }))).toBeNull();
});

test('a stamp that changes while an answer is on its way is asked for after it', async () => {
  const bench = new ResourceBench();
  bench.wantStamped(['a', '1']);
  bench.wantStamped(['a', '2']);
  expect(bench.asked).toEqual(['a']);
  await bench.answer(0, 'of 1');
  expect(bench.asked).toEqual(['a', 'a']);
  expect(bench.requests[1]!.known).toBe('of 1');
  await bench.answer(1, 'of 2');
  expect(bench.value('a')).toBe('of 2');
  expect(bench.asked).toHaveLength(2);
});

test('a refresh while a request is under way is one more request, after it', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  bench.resource.refresh();
  bench.resource.refresh();
  expect(bench.asked).toEqual(['a']);
  await bench.answer(0, 'A');
  expect(bench.asked).toEqual(['a', 'a']);
  await bench.answer(1, 'A');
  expect(bench.asked).toHaveLength(2);
});

test('only what is wanted is refreshed', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  await bench.answer(0, 'A');
  bench.want('b');
  await bench.answer(1, 'B');
  bench.resource.refresh();
  expect(bench.asked).toEqual(['a', 'b', 'b']);
});

test('what failed is tried again when its stamp changes, not before', async () => {
  const bench = new ResourceBench();
  bench.wantStamped(['a', '1']);
  await bench.fail(0, new DamagedError('broken'));
  bench.wantStamped(['a', '1']);
  expect(bench.asked).toHaveLength(1);
  bench.wantStamped(['a', '2']);
  expect(bench.requests[1]!.known).toBeUndefined();
  await bench.answer(1, 'A');
  expect(bench.resource.peek({ name: 'a' })).toEqual({
    ...{ status: 'ready', value: 'A', problem: null },
  });
});

test('a failure that nobody wants any more is forgotten', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  await bench.fail(0, new DamagedError('broken'));
  bench.want();
  expect(bench.resource.problems()).toEqual([]);
  bench.want('a');
  expect(bench.resource.peek({ name: 'a' }).status).toBe('loading');
  expect(bench.asked).toEqual(['a', 'a']);
});

test('a problem goes when an answer comes, also when the value is the same', async () => {
  const bench = new ResourceBench();
  bench.want('a');
  await bench.answer(0, 'A');
  bench.resource.refresh();
  await bench.fail(1, new UnreachableError('gone'));
  const { changes } = bench;
  bench.resource.retry();
  await bench.answer(2, 'A');
  expect(bench.resource.peek({ name: 'a' })).toEqual({
    ...{ status: 'ready', value: 'A', problem: null },
  });
  expect(bench.changes).toBe(changes + 1);
});

test('a retry asks for what has failed, and for nothing else', async () => {
  const bench = new ResourceBench();
  bench.want('good', 'bad');
  await bench.answer(0, 'G');
  await bench.fail(1, new DamagedError('broken'));
  bench.resource.retry();
  expect(bench.asked).toEqual(['good', 'bad', 'bad']);
  bench.resource.retry(); // while it is under way
  await bench.answer(2, 'B');
  await settle();
  expect(bench.value('bad')).toBe('B');
  expect(bench.asked).toHaveLength(3);
});

test('a message that several have in common is told once', async () => {
  const bench = new ResourceBench();
  bench.want('a', 'b');
  await bench.fail(0, new UnreachableError('gone'));
  await bench.fail(1, new UnreachableError('gone'));
  expect(bench.resource.problems()).toEqual(['gone']);
  expect(bench.outcomes).toHaveLength(2);
});
