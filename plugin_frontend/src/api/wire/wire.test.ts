import { expect, test } from 'vitest';
import type { Framed, FramedArray } from '../decode/frame';
import { readChannelGradients, type WireChannelGradients } from './gradients';
import { readLosses, type WireLosses } from './losses';
import { readPredictions, type WirePredictions } from './predictions';
import { readCaptures, readStatistics, type WireStatistics } from './series';

type Values = Float64Array | Float32Array | Int32Array;

function framed<Header>(
  header: Header,
  arrays: Record<string, readonly [number[], Values]>,
): Framed<Header> {
  const entries = Object.entries(arrays).map(([name, [shape, values]]): [string, FramedArray] => [
    name,
    { shape, values },
  ]);
  return { header, arrays: new Map(entries) };
}

const numbers = (...values: number[]) => new Float64Array(values);

test('a capture carries the time of its writing in the keys of its pictures', () => {
  const answer = readCaptures({
    ...{ version: 'v', reset: false, all_kept: false },
    kept: [[0, null]],
    captures: [{ step: 5, wall_time: 7, blob_keys: ['a', 'b'] }],
  });
  expect(answer).toMatchObject({ version: 'v', reset: false, allKept: false, kept: [[0, NaN]] });
  expect(answer.items[0]?.pictures).toEqual([
    { blob: 'a', wallTime: 7 },
    { blob: 'b', wallTime: 7 },
  ]);
});

test('statistics are cut into steps', () => {
  const header: WireStatistics = {
    ...{ version: 'v', reset: true, kept: null, all_kept: true, messages: [] },
    columns: ['min', 'max', 'mean', 'std', 'zeros', 'nonfinite'],
  };
  const values = Float32Array.from({ length: 24 }, (_, index) => index);
  const answer = readStatistics(
    framed(header, {
      steps: [[2], numbers(0, 5)],
      wall_times: [[2], numbers(1, NaN)],
      values: [[2, 1, 2, 6], values],
    }),
  );
  expect(answer.items.map(({ step, wallTime }) => [step, wallTime])).toEqual([
    [0, 1],
    [5, NaN],
  ]);
  expect([...answer.items[1]!.values]).toEqual([...values.subarray(12)]);
  const other = { ...header, columns: ['min'] };
  expect(() => readStatistics(framed(other, {}))).toThrow(/Update tb_featuremaps/);
});

test('predictions say what is known and what is not', () => {
  const head = {
    ...{ tag: 't', name: 'main', role: 'main' as const, weight: 1, class_names: ['a', 'b'] },
    ...{ classes: 2, all_kept: true, kept: null },
  };
  const header: WirePredictions = { version: 'v', reset: true, messages: [], heads: [head] };
  const answer = readPredictions(
    framed(header, {
      '0/steps': [[1], numbers(5)],
      '0/wall_times': [[1], numbers(1)],
      '0/true_class': [[2], Int32Array.from([1, -1])],
      '0/top_values': [[1, 2, 2], Float32Array.from([0.75, 0.25, 0.5, NaN])],
      '0/top_classes': [[1, 2, 2], Int32Array.from([1, 0, 0, -1])],
      '0/true_values': [[1, 2], Float32Array.from([0.75, NaN])],
      '0/true_ranks': [[1, 2], Int32Array.from([1, 0])],
      '0/nonfinite': [[1, 2], Int32Array.from([0, 1])],
    }),
  );
  const [first] = answer.heads;
  expect(first?.trueClass).toEqual([1, null]);
  expect(first?.growth.items[0]?.predictions).toEqual([
    {
      top: [
        { index: 1, value: 0.75 },
        { index: 0, value: 0.25 },
      ],
      trueValue: 0.75,
      trueRank: 1,
      nonfinite: 0,
    },
    { top: [{ index: 0, value: 0.5 }], trueValue: null, trueRank: null, nonfinite: 1 },
  ]);
});

test('loss terms take their row of their group', () => {
  const term = { output: null, role: null, group: 0 };
  const header: WireLosses = {
    ...{ version: 'v', reset: false, messages: [] },
    terms: [
      { ...term, tag: 'loss/total', kind: 'total', row: 1 },
      { ...term, tag: 'loss/penalty', kind: 'penalty', row: 0 },
    ],
    groups: [{ kept: 1, all_kept: false }],
  };
  const { terms } = readLosses(
    framed(header, {
      '0/steps': [[2], numbers(8, 9)],
      '0/wall_times': [[2], numbers(1, 2)],
      '0/kept_steps': [[1], numbers(7)],
      '0/kept_wall_times': [[1], numbers(0)],
      '0/values': [[2, 2], numbers(10, 20, 30, NaN)],
    }),
  );
  expect(terms[0]?.growth.items.map(({ value }) => value)).toEqual([30, null]);
  expect(terms[1]?.growth.items.map(({ step, value }) => [step, value])).toEqual([
    [8, 10],
    [9, 20],
  ]);
  expect(terms[0]?.growth.kept).toEqual([[7, 0]]);
  expect(terms[0]?.allKept).toBe(false);
});

test('gradients at channels are cut into steps, and say of which terms they are', () => {
  const terms = [{ name: 'main', kind: 'output', role: 'main' }] as const;
  const header: WireChannelGradients = {
    ...{ version: 'v', reset: true, kept: null, all_kept: true, messages: [] },
    terms: [...terms],
  };
  const values = Float32Array.from({ length: 12 }, (_, index) => index);
  const { items } = readChannelGradients(
    framed(header, {
      steps: [[2], numbers(0, 5)],
      wall_times: [[2], numbers(1, 2)],
      values: [[2, 1, 3, 2], values],
    }),
  );
  expect(items.map(({ step, channels }) => [step, channels])).toEqual([
    [0, 3],
    [5, 3],
  ]);
  expect(items[1]).toMatchObject({ terms, values: values.subarray(6) });
});
