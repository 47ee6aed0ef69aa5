import { expect, test } from 'vitest';
import { hitGrid, layoutGrid } from './grid';

test.each([
  [1, 14, 14],
  [64, 16, 16],
  [1024, 4, 4],
  [2048, 1, 1],
  [3, 512, 512],
  [5, 1, 200],
])('%i tiles of %i×%i lie within the pane width', (count, width, height) => {
  const layout = layoutGrid(count, width, height, 700, 500);
  expect(layout.rows * layout.columns).toBeGreaterThanOrEqual(count);
  expect((layout.rows - 1) * layout.columns).toBeLessThan(count);
  expect(Number.isInteger(layout.zoom) && layout.zoom >= 1).toBe(true);
  if (layout.columns > 1) expect(layout.width).toBeLessThanOrEqual(700);
});

test('the zoom is the largest at which all tiles nearly fit', () => {
  const layout = layoutGrid(16, 8, 8, 700, 500);
  expect(layout.height).toBeLessThanOrEqual(500 * 1.35);
  const columns = Math.floor(702 / (8 * (layout.zoom + 1) + 2));
  expect(Math.ceil(16 / columns) * (8 * (layout.zoom + 1) + 2) - 2).toBeGreaterThan(500 * 1.35);
});

test('a point hits the pixel of the map under it', () => {
  const layout = layoutGrid(16, 8, 8, 700, 500);
  const pitch = 8 * layout.zoom + layout.gap;
  const x = pitch + 3 * layout.zoom;
  const y = pitch + 7 * layout.zoom + layout.zoom - 1;
  const cell = layout.columns + 1;
  expect(hitGrid(layout, 16, x, y)).toEqual({ cell, row: 7, column: 3 });
});

test('between tiles and beyond the last there is nothing', () => {
  const layout = layoutGrid(5, 8, 8, 200, 100);
  const pitch = 8 * layout.zoom + layout.gap;
  expect(hitGrid(layout, 5, pitch - 1, 1)).toBeNull();
  expect(hitGrid(layout, 5, layout.columns * pitch + 1, 1)).toBeNull();
  expect(hitGrid(layout, 5, 1, layout.rows * pitch + 1)).toBeNull();
  expect(hitGrid(layout, 5, -1, 1)).toBeNull();
});
