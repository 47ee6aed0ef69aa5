import { expect, test } from 'vitest';
import { LOADING } from '../model/loadable';
import type { ChannelGradientsAt } from '../model/gradient';
import { PLAIN } from '../state/look';
import { memoryLayer, memoryRun } from '../testing/memory_source';
import {
  importanceOf,
  importanceOrder,
  importanceTerms,
  whyUnsorted,
  type Importance,
} from './importance';
import type { Pane } from './panes';

const TERMS = [
  { name: 'aux1', kind: 'output', role: 'auxiliary' },
  { name: 'main', kind: 'output', role: 'main' },
  { name: 'penalty', kind: 'penalty', role: null },
] as const;

/** Three channels, each with a norm that must not be taken for the importance. */
function at(step: number, aux: readonly number[], main: readonly number[]): ChannelGradientsAt {
  const values = [...aux, ...main, 0, 0, 0].flatMap((value) => [9, value]);
  return { step, wallTime: step, terms: TERMS, channels: 3, values: Float32Array.from(values) };
}

const ITEMS = [at(0, [0, 0, 0], [1, 2, 3]), at(10, [4, -5, 0], [0.5, -8, 2])];

function pane(step: number, gradients: Pane['gradients']): Pane {
  return {
    ...{ index: 0, cursor: step, captures: LOADING, probe: 0, otherProbe: false },
    ...{ picture: LOADING, statistics: null, gradients },
    run: memoryRun('a', []),
    layer: memoryLayer('conv1'),
    capture: { step, wallTime: step, pictures: [] },
  };
}

function logged(items: readonly ChannelGradientsAt[]): Pane['gradients'] {
  const value = { version: '', items, allKept: true, messages: [] };
  return { status: 'ready', value, problem: null };
}

function importance(step: number, wanted: string | null): Importance {
  const found = importanceOf(pane(step, logged(ITEMS)), wanted);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const order = ({ values }: Importance) =>
  importanceOrder({ term: '', values }, 3, undefined, 0, false);

test('terms that never reach the layer are left out, and the main one comes first', () => {
  expect(importanceTerms(ITEMS)).toEqual(['main', 'aux1']);
});

test('terms are told apart by their names, wherever they stand at a step', () => {
  const [aux1, main] = TERMS;
  const later = at(20, [7, 8, 9], [1, 1, 1]);
  const items = [...ITEMS, { ...later, terms: [main, { ...aux1, name: 'aux2' }, TERMS[2]] }];
  expect(importanceTerms(items)).toEqual(['main', 'aux1', 'aux2']);
  expect(importanceOf(pane(20, logged(items)), null)).toEqual({
    term: 'main',
    values: Float32Array.of(7, 8, 9),
  });
  expect(importanceOf(pane(20, logged(items)), 'aux1')).toBe('None of aux1 was logged at step 20.');
});

test('a term of the step is taken with its sign, and the largest of either sign comes first', () => {
  expect(importance(10, null)).toMatchObject({
    term: 'main',
    values: new Float32Array([0.5, -8, 2]),
  });
  expect(order(importance(10, null))).toEqual([1, 2, 0]);
  expect(order(importance(10, 'aux1'))).toEqual([1, 0, 2]);
  expect(order(importance(0, 'main'))).toEqual([2, 1, 0]);
});

test('a term that is not there is the main one', () => {
  expect(importance(10, 'penalty').term).toBe('main');
});

test('what is no number comes last, what is infinite first', () => {
  const values = new Float32Array([NaN, 1, -Infinity]);
  expect(order({ term: '', values })).toEqual([2, 1, 0]);
  const more = importanceOrder({ term: '', values: values.subarray(1) }, 3, undefined, 0, false);
  expect(more).toEqual([1, 0, 2]);
});

test('inactive channels can be hidden', () => {
  const statistics = {
    ...{ step: 10, wallTime: 10, probes: 1, channels: 3 },
    values: Float32Array.from([0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0]),
  };
  expect(importanceOrder(importance(10, null), 3, statistics, 0, true)).toEqual([1, 2]);
});

test('why it is not known is said', () => {
  expect(importanceOf(pane(0, null), null)).toMatch(/GradientTerms/);
  expect(importanceOf(pane(0, LOADING), null)).toMatch(/Loading/);
  expect(importanceOf(pane(7, logged(ITEMS)), null)).toBe('None was logged at step 7.');
  expect(importanceOf(pane(0, logged([at(0, [0, 0, 0], [0, 0, 0])])), null)).toMatch(/No term/);
  expect(importanceOf(pane(0, { status: 'failed', message: 'gone' }), null)).toBe('gone');
});

test('why channels do not stand by importance is said, but not before that is known', () => {
  const by = { ...PLAIN, sort: 'importance' } as const;
  expect(whyUnsorted(pane(3, logged(ITEMS)), by)).toBe('None was logged at step 3.');
  expect(whyUnsorted(pane(3, null), by)).toContain('GradientTerms');
  expect(whyUnsorted(pane(10, logged(ITEMS)), by)).toBeNull();
  expect(whyUnsorted(pane(3, LOADING), by)).toBeNull();
  expect(whyUnsorted(pane(3, logged(ITEMS)), PLAIN)).toBeNull();
});
