/** Where the tiles of a channel grid lie on screen. */
export interface GridLayout {
  columns: number;
  rows: number;
  /** Whole screen pixels a pixel of the map. */
  zoom: number;
  gap: number;
  width: number;
  height: number;
  tileWidth: number;
  tileHeight: number;
}

const GAP = 2;
const SMALLEST_TILE = 28;
const LARGEST_TILE = 220;
// A little scrolling is better than a pane half empty.
const OVERFLOW = 1.35;

/** The longest side and the most pixels of a canvas that a browser can be asked for. */
const LONGEST_SIDE = 32_000;
const MOST_PIXELS = 2 ** 25;

/** How many tiles a picture can have at the smallest zoom. */
export function mostCells(tileWidth: number, tileHeight: number, paneWidth: number): number {
  const zoom = smallestZoom(tileWidth, tileHeight);
  const [width, height] = [tileWidth * zoom + GAP, tileHeight * zoom + GAP];
  const columns = columnsAt(zoom, tileWidth, paneWidth);
  const rows = Math.min(LONGEST_SIDE / height, MOST_PIXELS / (columns * width * height));
  return Math.max(1, columns * Math.floor(rows));
}

function smallestZoom(tileWidth: number, tileHeight: number): number {
  return Math.max(1, Math.ceil(SMALLEST_TILE / Math.max(tileWidth, tileHeight)));
}

/** The largest whole zoom at which all tiles nearly fit, or tiles of a readable size to scroll. */
export function layoutGrid(
  count: number,
  tileWidth: number,
  tileHeight: number,
  paneWidth: number,
  paneHeight: number,
): GridLayout {
  const longest = Math.max(tileWidth, tileHeight);
  const least = smallestZoom(tileWidth, tileHeight);
  const most = Math.max(least, Math.floor(LARGEST_TILE / longest));
  let zoom = least;
  for (let larger = most; larger > least; larger--) {
    if (heightAt(larger, count, tileWidth, tileHeight, paneWidth) <= paneHeight * OVERFLOW) {
      zoom = larger;
      break;
    }
  }
  const columns = Math.min(count, columnsAt(zoom, tileWidth, paneWidth));
  const rows = Math.ceil(count / columns);
  return {
    columns,
    rows,
    zoom,
    gap: GAP,
    width: columns * (tileWidth * zoom + GAP) - GAP,
    height: rows * (tileHeight * zoom + GAP) - GAP,
    tileWidth,
    tileHeight,
  };
}

function columnsAt(zoom: number, tileWidth: number, paneWidth: number): number {
  return Math.max(1, Math.floor((paneWidth + GAP) / (tileWidth * zoom + GAP)));
}

function heightAt(
  zoom: number,
  count: number,
  tileWidth: number,
  tileHeight: number,
  paneWidth: number,
): number {
  return Math.ceil(count / columnsAt(zoom, tileWidth, paneWidth)) * (tileHeight * zoom + GAP) - GAP;
}

/** Where a cell lies on the canvas. */
export function cellRect(layout: GridLayout, cell: number) {
  const width = layout.tileWidth * layout.zoom;
  const height = layout.tileHeight * layout.zoom;
  const left = (cell % layout.columns) * (width + layout.gap);
  const top = Math.floor(cell / layout.columns) * (height + layout.gap);
  return { left, top, width, height };
}

/** The cell and the pixel of its map under a point; null between tiles and beyond them. */
export function hitGrid(
  layout: GridLayout,
  count: number,
  x: number,
  y: number,
): { cell: number; row: number; column: number } | null {
  const pitchX = layout.tileWidth * layout.zoom + layout.gap;
  const pitchY = layout.tileHeight * layout.zoom + layout.gap;
  const column = Math.floor((x % pitchX) / layout.zoom);
  const row = Math.floor((y % pitchY) / layout.zoom);
  const gridColumn = Math.floor(x / pitchX);
  const cell = Math.floor(y / pitchY) * layout.columns + gridColumn;
  const inside = x >= 0 && y >= 0 && column < layout.tileWidth && row < layout.tileHeight;
  return inside && gridColumn < layout.columns && cell < count ? { cell, row, column } : null;
}
