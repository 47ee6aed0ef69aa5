import { expect, test } from 'vitest';
import { COLORMAPS, colormap, parseColor } from './colormap';

test.each(COLORMAPS)('%s has 256 opaque colours', (name) => {
  const table = colormap(name);
  expect(table.length).toBe(256);
  expect([...table].every((pixel) => pixel >>> 24 === 255)).toBe(true);
});

test('grey is the level itself, red first in memory', () => {
  expect(colormap('grey')[18]).toBe(0xff121212);
  const [red, green, blue] = parseColor('#440154');
  expect(colormap('viridis')[0]).toBe(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
});

test('diverging runs from blue over near white to red', () => {
  const channels = (pixel: number) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const [low, middle, high] = [0, 128, 255].map((i) => channels(colormap('diverging')[i]!));
  expect(low![2]!).toBeGreaterThan(low![0]!);
  expect(Math.min(...middle!)).toBeGreaterThan(230);
  expect(high![0]!).toBeGreaterThan(high![2]!);
});

test('both spellings of a colour are read', () => {
  expect(parseColor('#0a10ff')).toEqual([10, 16, 255]);
  expect(parseColor('rgb(1, 22, 255)')).toEqual([1, 22, 255]);
});
