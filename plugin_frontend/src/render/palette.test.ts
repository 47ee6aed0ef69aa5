import { expect, test } from 'vitest';
import { contrast, deltaE, labOf } from '../testing/color_difference';
import { HEALTH_COLORS, LINE_COLORS, lineDash } from './palette';

const THEMES = [
  { theme: 'light', panel: '#f8f9fa', cursor: '#c25700' },
  { theme: 'dark', panel: '#292a2d', cursor: '#ffa04d' },
] as const;

function smallestDifference(colors: readonly string[], deuteranopia: boolean): number {
  const seen = colors.map((color) => labOf(color, deuteranopia));
  return Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => deltaE(a, b))));
}

test('the difference is that of the published pairs', () => {
  expect(deltaE([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(deltaE([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
  expect(deltaE([90.8027, -2.0831, 1.441], [91.1528, -1.6435, 0.0447])).toBeCloseTo(1.4441, 4);
});

test('red and green of one lightness are near to each other with deuteranopia', () => {
  expect(smallestDifference(['#b3261e', '#5b5500'], true)).toBeLessThan(15);
  expect(smallestDifference(['#b3261e', '#5b5500'], false)).toBeGreaterThan(15);
});

test.each(THEMES)('lines can be told apart in $theme', ({ theme, panel, cursor }) => {
  const colors = LINE_COLORS[theme];
  expect(smallestDifference(colors, false)).toBeGreaterThan(15);
  expect(smallestDifference(colors, true)).toBeGreaterThan(15);
  expect(Math.min(...colors.map((color) => contrast(color, panel)))).toBeGreaterThan(3);
  for (const color of colors) {
    expect(deltaE(labOf(color, false), labOf(cursor, false))).toBeGreaterThan(15);
  }
});

test.each(THEMES)('states of channels can be told apart in $theme', ({ theme }) => {
  const { full, sparse, dead } = HEALTH_COLORS[theme];
  const all = Object.values(HEALTH_COLORS[theme]);
  expect(smallestDifference(all, false)).toBeGreaterThan(15);
  expect(smallestDifference(all, true)).toBeGreaterThan(15);
  expect(contrast(dead, sparse)).toBeGreaterThan(4.5);
  expect(contrast(dead, full)).toBeGreaterThan(3);
});

test('each line of a palette has dashes of its own', () => {
  const dashes = LINE_COLORS.light.map((_, index) => JSON.stringify(lineDash(index) ?? []));
  expect(new Set(dashes).size).toBe(LINE_COLORS.light.length);
});
