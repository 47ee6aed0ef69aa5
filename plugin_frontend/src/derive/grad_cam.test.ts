import { expect, test } from 'vitest';
import type { AttributedHead, AttributionsAt } from '../model/gradient';
import type { Picture } from '../model/picture';
import { agreements, attentionMaps } from './grad_cam';

/** Two channels of 2×1 pixels: values 0 and 10, and −1 and 1. */
const PICTURE: Picture = {
  width: 4,
  height: 1,
  levels: Uint8Array.from([0, 255, 0, 255]),
  scale: {
    channels: 2,
    tileHeight: 1,
    tileWidth: 2,
    columns: 2,
    lo: Float32Array.from([0, -1]),
    hi: Float32Array.from([10, 1]),
  },
};

function attributions(values: readonly number[], step = 5): AttributionsAt {
  const head = { ofLogits: true, classes: [0, 1] };
  return {
    step,
    wallTime: step,
    heads: [
      { ...head, name: 'main', role: 'main' },
      { ...head, name: 'aux1', role: 'auxiliary' },
    ],
    probes: 2,
    channels: values.length / 4,
    values: Float32Array.from(values),
  };
}

test('each head has the weighted sum of the maps, where that is above zero', () => {
  const of = attributions([1, 2, 0, 0, -1, 1, 0, 0]);
  const [main, aux] = attentionMaps(PICTURE, of, 0);
  expect([...main!.values]).toEqual([0, 12]);
  expect(main!.largest).toBe(12);
  expect([...aux!.values]).toEqual([0, 0]);
  expect(aux!.head.name).toBe('aux1');
  const [second] = attentionMaps(PICTURE, of, 1);
  expect(second!.largest).toBe(0);
});

test('channels that the picture lacks are left out', () => {
  const of = attributions([1, 0, 100, 1, 0, 100, 1, 0, 100, 1, 0, 100]);
  expect([...attentionMaps(PICTURE, of, 0)[0]!.values]).toEqual([0, 10]);
});

test('heads agree by the cosine of their attributions', () => {
  const items = [
    attributions([1, 0, 0, 0, 2, 0, 0, 0], 1),
    attributions([1, 0, 0, 0, 0, 3, 0, 0], 2),
  ];
  const [aux] = agreements(items, 0);
  expect(aux).toEqual({ head: 'aux1', steps: [1, 2], cosines: [1, 0] });
  expect(agreements(items, 1)[0]!.cosines.every(Number.isNaN)).toBe(true);
});

test('heads are told apart by their names, wherever they stand at a step', () => {
  const first = attributions([1, 0, 0, 0, 2, 0, 0, 0], 1);
  const second = attributions([0, 3, 0, 0, 5, 5, 0, 0], 2);
  const [main, aux1] = first.heads as [AttributedHead, AttributedHead];
  const aux2 = { ...aux1, name: 'aux2' };
  const items = [first, { ...second, heads: [aux2, main] }];
  expect(agreements(items, 0)).toEqual([
    { head: 'aux1', steps: [1, 2], cosines: [1, NaN] },
    { head: 'aux2', steps: [1, 2], cosines: [NaN, expect.closeTo(Math.SQRT1_2)] },
  ]);
  expect(agreements([{ ...first, heads: [aux1, aux2] }], 0)).toEqual([]);
});
