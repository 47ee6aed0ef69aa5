import { expect, test } from 'vitest';
import { cellRect, gridKind, hitGrid, layoutGrid } from './grid';

const ROOM = { width: 700, height: 500 };

test.each([
  [1, 14, 14],
  [64, 16, 16],
  [1024, 4, 4],
  [2048, 1, 1],
  [3, 512, 512],
  [5, 1, 200],
  [64, 300, 1],
  [12, 300, 2],
])('%i tiles of %i×%i lie within the width of the room', (count, width, height) => {
  const layout = layoutGrid(count, width, height, ROOM);
  expect(layout.rows * layout.columns).toBeGreaterThanOrEqual(count);
  expect((layout.rows - 1) * layout.columns).toBeLessThan(count);
  expect([layout.zoomX, layout.zoomY].every((zoom) => Number.isInteger(zoom) && zoom >= 1)).toBe(
    true,
  );
  expect(layout.width * layout.scale).toBeLessThanOrEqual(700.001);
});

test('many tiles fill the width, and all are seen without scrolling where they can be', () => {
  const layout = layoutGrid(64, 16, 16, ROOM);
  expect(layout.height * layout.scale).toBeLessThanOrEqual(500);
  expect(layout.width * layout.scale).toBeCloseTo(700, 0);
  expect(layout.scale).toBeLessThan(2);
});

test('a long map is drawn thick enough to be seen', () => {
  const { height } = cellRect(layoutGrid(12, 300, 2, ROOM), 0);
  expect(height).toBeGreaterThan(28);
});

test('lines of values are the rows or columns of one picture, single values are bars', () => {
  expect(layoutGrid(40, 300, 1, ROOM)).toMatchObject({ columns: 1, rows: 40 });
  expect(layoutGrid(40, 1, 300, ROOM)).toMatchObject({ columns: 40, rows: 1 });
  expect(cellRect(layoutGrid(40, 300, 1, ROOM), 1).top).toBeCloseTo(12.5, -1);
  expect([gridKind(1, 1), gridKind(4, 1), gridKind(300, 2)]).toEqual(['bars', 'tiles', 'tiles']);
});

test('a point hits the pixel of the map under it', () => {
  const layout = layoutGrid(16, 8, 8, ROOM);
  const cell = layout.columns + 1;
  const { left, top, width, height } = cellRect(layout, cell);
  const at = (row: number, column: number) =>
    hitGrid(layout, 16, left + (width * (column + 0.5)) / 8, top + (height * (row + 0.5)) / 8);
  expect(at(7, 3)).toEqual({ cell, row: 7, column: 3 });
  expect(at(0, 0)).toEqual({ cell, row: 0, column: 0 });
});

test('between tiles and beyond the last there is nothing', () => {
  const layout = layoutGrid(5, 8, 8, { width: 200, height: 100 });
  const { left, top, width, height } = cellRect(layout, 0);
  expect(hitGrid(layout, 5, left + width + 1, top + 1)).toBeNull();
  expect(hitGrid(layout, 5, layout.width * layout.scale + 3, 1)).toBeNull();
  expect(hitGrid(layout, 5, 1, layout.rows * (height + 3 * layout.scale))).toBeNull();
  expect(hitGrid(layout, 5, -1, 1)).toBeNull();
});
