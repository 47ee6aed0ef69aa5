import { expect, test } from 'vitest';
import type { Item } from './figure';
import { lossFigure, type ShownLine } from './loss_figure';

const PLOT = { logScale: false, from: 0, placeName: String, axisName: 'step', ticks: 3 };
const line = (label: string, filled: boolean): ShownLine => {
  return { label, color: '--series-1', width: 1, filled };
};
const DATA = [
  [0, 10, 20],
  [1, 1, 1],
  [3, null, 2],
];

function items(filled: boolean): readonly Item[] {
  const lines = [line('penalty', filled), line('main', filled)];
  return lossFigure(lines, DATA, PLOT, []).panels[0]!.drawing.items;
}

test('stacked terms are areas, each from its line down to the one below', () => {
  const areas = items(true).filter((item) => item.kind === 'area');
  const lines = items(true).filter((item) => item.kind === 'line' && item.points.length > 2);
  expect(areas).toHaveLength(2);
  const [lower, upper] = areas.map(({ points }) => points);
  const [left, right] = [lower![0]![0], lower![2]![0]];
  const axis = lower!.slice(3);
  expect(axis.map(([x]) => x)).toEqual([right, left]);
  expect(axis[0]![1]).toBeGreaterThan(lower![0]![1]);
  expect(upper!.slice(2)).toEqual([...lower!.slice(0, 3)].reverse());
  expect(lines).toHaveLength(1);
});

test('lines that are not stacked have no areas', () => {
  expect(items(false).some(({ kind }) => kind === 'area' || kind === 'rect')).toBe(false);
});
