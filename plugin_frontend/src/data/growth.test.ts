import { expect, test } from 'vitest';
import { randomNumbers } from '../testing/random';
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

test('an empty series can grow, and stays itself while nothing comes', () => {
  const empty: typeof known = [];
  expect(grown(empty, { reset: false, kept: null, items: [] })).toBe(empty);
  expect(grown(empty, { reset: false, kept: [], items: [] })).toBe(empty);
  expect(grown(empty, { reset: false, kept: null, items: [item(3)] })).toEqual([item(3)]);
});

test('nothing of what is known is changed in place', () => {
  const frozen = Object.freeze(known.map((entry) => Object.freeze({ ...entry })));
  const items = Object.freeze([item(30), item(5)]);
  grown(frozen, { reset: false, kept: [[0, 0]], items });
  grown(frozen, { reset: true, kept: null, items });
  expect(frozen).toEqual(known);
});

test('a list of which nothing is kept is empty', () => {
  expect(grown(known, { reset: false, kept: [], items: [] })).toEqual([]);
});

/** A server that adds, drops and writes anew, and says what changed since a state. */
class Server {
  items: readonly { step: number; wallTime: number }[] = [];
  private time = 0;

  constructor(private readonly random: () => number) {}

  change(): void {
    const dropped = this.random() < 0.3;
    const kept = this.items.filter((_, i) => i === this.items.length - 1 || !dropped || i % 3);
    const step = Math.floor(20 * this.random());
    this.time++;
    const written = this.random() < 0.8 ? [item(step, this.time)] : [];
    const others = written.length ? kept.filter((entry) => entry.step !== step) : kept;
    this.items = [...others, ...written].sort((a, b) => a.step - b.step);
  }

  answer(since: Server['items']) {
    const news = this.items.filter((entry) => !since.includes(entry));
    const kept = since.filter((entry) => this.items.includes(entry));
    const all = kept.length === since.length;
    const keys = kept.map(({ step, wallTime }) => [step, wallTime] as const);
    return { reset: false, kept: all ? null : keys, items: news };
  }
}

test.each([1, 2, 3, 4, 5])('who follows holds what the server holds (%d)', (seed) => {
  const random = randomNumbers(seed);
  const server = new Server(random);
  let [held, since] = [server.items, server.items];
  for (let turn = 0; turn < 200; turn++) {
    server.change();
    if (random() < 0.5) continue; // several changes between two questions
    held = grown(held, server.answer(since))!;
    since = server.items;
    expect(held).toEqual(server.items);
  }
  expect(held.length).toBeGreaterThan(3);
});
