import { expect, test } from 'vitest';
import type { AtlasScale } from '../api/scale_chunk';
import { layerRange, levelTable, rangeOf, valueOf } from './normalise';

function scale(lo: number[], hi: number[]): AtlasScale {
  const channels = lo.length;
  const tile = { tileHeight: 1, tileWidth: 1, columns: channels };
  return { channels, ...tile, lo: Float32Array.from(lo), hi: Float32Array.from(hi) };
}

const signed = scale([-1, 0, 3], [2, 4, 3]);

test('a channel scaled alone keeps its levels exactly', () => {
  const range = rangeOf(signed, 0, 'channel', null, false);
  expect([...levelTable(signed, 0, range)]).toEqual(Array.from({ length: 256 }, (_, i) => i));
});

test('a layer is scaled by its smallest and largest value', () => {
  expect(layerRange(signed)).toEqual({ low: -1, high: 4 });
  const table = levelTable(signed, 1, layerRange(signed));
  expect([table[0], table[255]]).toEqual([51, 255]);
});

test('a constant channel alone is the lowest colour, in its layer where its value lies', () => {
  expect(levelTable(signed, 2, rangeOf(signed, 2, 'channel', null, false))[0]).toBe(0);
  expect(levelTable(signed, 2, layerRange(signed))[0]).toBe(204);
});

test('over steps a value outside the range is clamped', () => {
  const over = [{ low: 0, high: 1 }];
  const table = levelTable(signed, 0, rangeOf(signed, 0, 'steps', over, false));
  expect([table[0], table[255]]).toEqual([0, 255]);
});

test('a diverging scale has zero in its middle', () => {
  expect(rangeOf(signed, 0, 'channel', null, true)).toEqual({ low: -2, high: 2 });
});

test('all zero stays without a division by zero', () => {
  const zero = scale([0], [0]);
  expect([...levelTable(zero, 0, { low: 0, high: 0 })].every((v, i) => v === i)).toBe(true);
  expect([...levelTable(zero, 0, { low: 1, high: 1 })].every((v) => v === 0)).toBe(true);
});

test('the largest floats do not overflow', () => {
  const extreme = scale([-3.4e38], [3.4e38]);
  expect(valueOf(extreme, 0, 255)).toBeCloseTo(3.4e38, -32);
  expect(valueOf(extreme, 0, 0)).toBeLessThan(0);
});
