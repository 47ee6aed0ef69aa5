import { expect, test } from 'vitest';
import type { AtlasScale } from '../model/picture';
import { TOP_LEVEL, layerRange, levelTable, levelUncertainty, levelValue } from './levels';

function scale(lo: number[], hi: number[]): AtlasScale {
  const channels = lo.length;
  const tile = { tileHeight: 1, tileWidth: 1, columns: channels };
  return { channels, ...tile, lo: Float32Array.from(lo), hi: Float32Array.from(hi) };
}

const signed = scale([-1, 0, 3], [2, 4, 3]);

test('a channel scaled alone keeps its levels exactly', () => {
  const table = levelTable(signed, 0, { low: -1, high: 2 });
  expect([...table]).toEqual(Array.from({ length: 256 }, (_, i) => i));
});

test('a layer is scaled by its smallest and largest value', () => {
  expect(layerRange(signed)).toEqual({ low: -1, high: 4 });
  const table = levelTable(signed, 1, layerRange(signed));
  expect([table[0], table[255]]).toEqual([51, 255]);
});

test('a constant channel alone is the lowest colour, in its layer where its value lies', () => {
  expect(levelTable(signed, 2, { low: 3, high: 3 })[0]).toBe(0);
  expect(levelTable(signed, 2, layerRange(signed))[0]).toBe(204);
});

test('a value outside the range is clamped', () => {
  const table = levelTable(signed, 0, { low: 0, high: 1 });
  expect([table[0], table[255]]).toEqual([0, 255]);
});

test('all zero stays without a division by zero', () => {
  const table = levelTable(scale([0], [0]), 0, { low: 1, high: 1 });
  expect([...table].every((level) => level === 0)).toBe(true);
});

test('a level stands for a value to half a level', () => {
  expect(levelUncertainty(signed, 0)).toBeCloseTo(3 / 510);
  expect(levelUncertainty(signed, 2)).toBe(0);
});

test('the largest floats do not overflow', () => {
  const extreme = scale([-3.4e38], [3.4e38]);
  expect(levelValue(extreme, 0, 255)).toBeCloseTo(3.4e38, -32);
  expect(levelUncertainty(extreme, 0)).toBeLessThan(1.4e36);
});

test('infinity has the colour of the greatest value where nothing else of a channel is finite', () => {
  const table = levelTable({ lo: [0], hi: [0] }, 0, { low: 5, high: 6 });
  expect([table[0], table[TOP_LEVEL]]).toEqual([0, TOP_LEVEL]);
});
