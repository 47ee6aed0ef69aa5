import { expect, test } from 'vitest';
import type {
  GradientsAnswer,
  Growth,
  LossesAnswer,
  PredictionsAnswer,
  Source,
} from '../api/source';
import { DamagedError } from '../model/failures';
import type { Item } from '../model/series';
import { loadGradients, loadLosses, loadPredictions } from './loaders';

/** Losses, predictions and gradients are each a table of series that grow. */
interface Table {
  readonly version: string;
  readonly messages: readonly string[];
}

interface Loader<Value extends Table> {
  /** Loads from a server whose answers, one a question, name their series and what grew in each. */
  readonly load: (known: Value | undefined, answers: readonly Answer[]) => Promise<Value>;
  readonly itemsOf: (value: Value) => Readonly<Record<string, readonly Item[]>>;
}

interface Answer {
  readonly version: string;
  readonly series: Readonly<Record<string, Growth<Item>>>;
  readonly messages?: readonly string[];
}

const { signal } = new AbortController();
const item = (step: number): Item => ({ step, wallTime: step });
const all = (...steps: number[]): Growth<Item> => {
  return { reset: true, kept: null, items: steps.map(item) };
};
const more = (...steps: number[]): Growth<Item> => ({ ...all(...steps), reset: false });
const unknown: Growth<Item> = { reset: false, kept: [[999, 999]], items: [] };

/** A source of one route; it says what it was asked with. */
function serving(route: keyof Source, answers: readonly object[]): Source {
  let next = 0;
  const answer = () => {
    if (next >= answers.length) throw new Error('It was asked too often.');
    return Promise.resolve(answers[next++]!);
  };
  return { [route]: answer } as unknown as Source;
}

const sent = ({ version, series, messages = [] }: Answer) => ({
  ...{ version, reset: false, messages },
  parts: Object.entries(series).map(([tag, growth]) => ({ tag, allKept: true, growth })),
});
const itemsBy = (parts: readonly { tag: string }[], of: (index: number) => readonly Item[]) =>
  Object.fromEntries(parts.map(({ tag }, index) => [tag, of(index)]));

const losses: Loader<Awaited<ReturnType<typeof loadLosses>>> = {
  load: (known, answers) => {
    const all = answers.map((answer) => {
      const { parts, ...rest } = sent(answer);
      return { ...rest, terms: parts } as unknown as LossesAnswer;
    });
    return loadLosses(serving('losses', all), 'r', known, signal);
  },
  itemsOf: ({ terms }) => itemsBy(terms, (index) => terms[index]!.points),
};
const predictions: Loader<Awaited<ReturnType<typeof loadPredictions>>> = {
  load: (known, answers) => {
    const all = answers.map((answer) => {
      const { parts, ...rest } = sent(answer);
      const heads = parts.map((part) => ({ ...part, classNames: ['cat'] }));
      return { ...rest, heads } as unknown as PredictionsAnswer;
    });
    return loadPredictions(serving('predictions', all), 'r', known, signal);
  },
  itemsOf: ({ heads }) => itemsBy(heads, (index) => heads[index]!.steps),
};
const gradients: Loader<Awaited<ReturnType<typeof loadGradients>>> = {
  load: (known, answers) => {
    const all = answers.map((answer) => {
      const { parts, ...rest } = sent(answer);
      return { ...rest, series: parts } as unknown as GradientsAnswer;
    });
    return loadGradients(serving('gradients', all), 'r', known, signal);
  },
  itemsOf: ({ series }) => itemsBy(series, (index) => series[index]!.steps),
};

const loaders: [string, Loader<Table>][] = [
  ['losses', losses as unknown as Loader<Table>],
  ['predictions', predictions as unknown as Loader<Table>],
  ['gradients', gradients as unknown as Loader<Table>],
];

test.each(loaders)('%s grow by what is new', async (_, { load, itemsOf }) => {
  const first = await load(undefined, [{ version: '1', series: { a: all(0, 10), b: all(0) } }]);
  const next = await load(first, [{ version: '2', series: { a: more(20), b: more() } }]);
  expect(itemsOf(next)).toEqual({ a: [0, 10, 20].map(item), b: [item(0)] });
  expect(itemsOf(next)['b']).toBe(itemsOf(first)['b']);
  expect(next.version).toBe('2');
});

test.each(loaders)('%s without news are the same object', async (_, { load }) => {
  const first = await load(undefined, [{ version: '1', series: { a: all(0), b: all() } }]);
  expect(await load(first, [{ version: '1', series: { a: more(), b: more() } }])).toBe(first);
});

test.each(loaders)('of %s a series can come and go', async (_, { load, itemsOf }) => {
  const first = await load(undefined, [{ version: '1', series: { a: all(0), b: all(0) } }]);
  const gone = await load(first, [{ version: '2', series: { b: more() } }]);
  expect(itemsOf(gone)).toEqual({ b: [item(0)] });
  const back = await load(gone, [{ version: '3', series: { b: more(), c: more(5) } }]);
  expect(itemsOf(back)).toEqual({ b: [item(0)], c: [item(5)] });
});

test.each(loaders)('a restart forgets the %s from before', async (_, { load, itemsOf }) => {
  const first = await load(undefined, [{ version: '1', series: { a: all(0, 10, 20) } }]);
  const next = await load(first, [{ version: '9', series: { a: all(0) } }]);
  expect(itemsOf(next)).toEqual({ a: [item(0)] });
});

test.each(loaders)('%s that do not fit are asked for in full', async (_, { load, itemsOf }) => {
  const first = await load(undefined, [{ version: '1', series: { a: all(0) } }]);
  const next = await load(first, [
    { version: '2', series: { a: unknown } },
    { version: '3', series: { a: all(0, 7) } },
  ]);
  expect(itemsOf(next)).toEqual({ a: [item(0), item(7)] });
  expect(next.version).toBe('3');
});

test.each(loaders)('%s that never fit are damaged, not half shown', async (_, { load }) => {
  const answer = { version: '2', series: { a: all(0), b: unknown } };
  await expect(load(undefined, [answer, answer])).rejects.toThrow(DamagedError);
});

test.each(loaders)('what could not be read of %s is told anew', async (_, { load }) => {
  const first = await load(undefined, [{ version: '1', series: { a: all(0) } }]);
  const messages = ['b is of format version 9'];
  const next = await load(first, [{ version: '2', series: { a: more() }, messages }]);
  expect(next.messages).toEqual(messages);
});

test('names of classes come once, and are asked for where they are not known', async () => {
  const asked: (string | null)[] = [];
  const names = ['cat', 'dog'];
  const head = { tag: 'main', allKept: true, growth: more() };
  const source = (given: readonly (readonly string[] | null)[]) => {
    let next = 0;
    const answer = (_: string, since: string | null) => {
      asked.push(since);
      const heads = [{ ...head, classNames: given[next++] }];
      return Promise.resolve({ version: String(next), reset: false, messages: [], heads });
    };
    return { predictions: answer } as unknown as Source;
  };
  const first = await loadPredictions(source([names]), 'r', undefined, signal);
  const next = await loadPredictions(source([null]), 'r', { ...first, version: '0' }, signal);
  expect(next.heads[0]!.classNames).toBe(names);
  const other = { ...first, heads: [] };
  const full = await loadPredictions(source([null, names]), 'r', other, signal);
  expect(full.heads[0]!.classNames).toBe(names);
  expect(asked).toEqual([null, '0', '1', null]);
});
