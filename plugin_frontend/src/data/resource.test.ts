import { expect, test } from 'vitest';
import { DamagedError, UnreachableError } from '../model/failures';
import { problemOf, valueOf } from '../model/loadable';
import { Deferred, settle } from '../testing/deferred';
import { Resource } from './resource';

interface Ask {
  readonly name: string;
  readonly stamp?: string;
}

/** A resource of texts whose answers a test gives by hand. */
class Bench {
  readonly requests: { name: string; known: string | undefined; answer: Deferred<string> }[] = [];
  readonly signals: AbortSignal[] = [];
  readonly outcomes: (Error | null)[] = [];
  changes = 0;
  readonly resource: Resource<Ask, string>;

  constructor(limit = 1000, concurrency = 2) {
    this.resource = new Resource<Ask, string>({
      nameOf: ({ name }) => name,
      stampOf: ({ stamp = '' }) => stamp,
      load: ({ name }, known, signal) => {
        const answer = new Deferred<string>();
        this.requests.push({ name, known, answer });
        this.signals.push(signal);
        return answer.promise;
      },
      bytesOf: (value) => value.length,
      limit,
      concurrency,
      changed: () => this.changes++,
      settled: (error) => this.outcomes.push(error),
    });
  }

  want(...names: string[]): void {
    this.resource.want(names.map((name) => ({ name })));
  }

  value(name: string): string | undefined {
    return valueOf(this.resource.peek({ name }));
  }

  async answer(index: number, value: string): Promise<void> {
    this.requests[index]!.answer.resolve(value);
    await settle();
  }

  async fail(index: number, error: Error): Promise<void> {
    this.requests[index]!.answer.reject(error);
    await settle();
  }

  get asked(): string[] {
    return this.requests.map(({ name }) => name);
  }
}

test('what is wanted is asked for once, the most urgent first, a few at a time', async () => {
  const bench = new Bench();
  bench.want('a', 'b', 'c');
  bench.want('a', 'b', 'c');
  expect(bench.asked).toEqual(['a', 'b']);
  await bench.answer(1, 'B');
  expect(bench.asked).toEqual(['a', 'b', 'c']);
  expect(bench.value('b')).toBe('B');
  expect(bench.resource.peek({ name: 'a' }).status).toBe('loading');
});

test('what is no longer wanted is cancelled, and its late answer is dropped', async () => {
  const bench = new Bench();
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
  const bench = new Bench();
  bench.want('a', 'b');
  await bench.answer(1, 'B');
  await bench.answer(0, 'A');
  expect([bench.value('a'), bench.value('b')]).toEqual(['A', 'B']);
});

test('a failure is a value, kept until it is tried again', async () => {
  const bench = new Bench();
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
  const bench = new Bench();
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
  const bench = new Bench();
  bench.want('a');
  await bench.answer(0, 'A');
  const before = bench.resource.peek({ name: 'a' });
  bench.resource.refresh();
  await bench.answer(1, 'A');
  expect(bench.resource.peek({ name: 'a' })).toBe(before);
  expect(bench.changes).toBe(1);
});

test('another stamp is a reason to ask again, the same is none', async () => {
  const bench = new Bench();
  bench.resource.want([{ name: 'a', stamp: '1' }]);
  await bench.answer(0, 'A');
  bench.resource.want([{ name: 'a', stamp: '1' }]);
  expect(bench.asked).toEqual(['a']);
  bench.resource.want([{ name: 'a', stamp: '2' }]);
  expect(bench.asked).toEqual(['a', 'a']);
});

test('the least recently wanted is dropped first, what is wanted never', async () => {
  const bench = new Bench(6);
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
