/** Where the tiles of a channel grid lie: a canvas of whole pixels a value, stretched on screen. */
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of the canvas that a value is wide and high. */
  readonly zoomX: number;
  readonly zoomY: number;
  /** Pixels of the canvas between tiles. */
  readonly gapX: number;
  readonly gapY: number;
  /** Of the canvas. */
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Pixels of the page that a pixel of the canvas takes. */
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = 2;
const SMALLEST_TILE = 28;
const LARGEST_TILE = 440;
/** Maps are drawn at most so many times longer than wide, or the other way round. */
const MOST_ASPECT = 6;
/** Of a map that is a line: how thick it is drawn. */
const [THINNEST_LINE, THICKEST_LINE] = [4, 32];
const [NARROWEST_BAR, WIDEST_BAR] = [4, 28];
const [LOWEST_BARS, HIGHEST_BARS] = [88, 280];
const BAR_GAP = 12;

/** The longest side and the most pixels of a canvas that a browser can be asked for. */
const LONGEST_SIDE = 32_000;
const MOST_PIXELS = 2 ** 25;

/** How channels are drawn, by the size of their maps. */
export type GridKind = 'tiles' | 'rows' | 'columns' | 'bars';

/** One value a channel is a bar; a line of values is a row or column of one picture. */
export function gridKind(tileWidth: number, tileHeight: number): GridKind {
  if (tileWidth === 1 && tileHeight === 1) return 'bars';
  if (tileHeight === 1 && tileWidth > MOST_ASPECT) return 'rows';
  return tileWidth === 1 && tileHeight > MOST_ASPECT ? 'columns' : 'tiles';
}

/** How many tiles a picture can have. */
export function mostCells(tileWidth: number, tileHeight: number, room: Size): number {
  const kind = gridKind(tileWidth, tileHeight);
  if (kind === 'rows' || kind === 'columns') return LONGEST_SIDE / (THINNEST_LINE + GAP);
  if (kind === 'bars') {
    const perRow = Math.max(1, Math.floor(room.width / NARROWEST_BAR));
    return perRow * Math.floor(LONGEST_SIDE / (LOWEST_BARS + BAR_GAP));
  }
  const { width, height, columns } = smallestTiles(tileWidth, tileHeight, room.width);
  const rows = Math.min(LONGEST_SIDE / height, MOST_PIXELS / (columns * width * height));
  return Math.max(1, columns * Math.floor(rows));
}

/** The largest tiles that all fit into the room; of a readable size, to scroll, if none do. */
export function layoutGrid(
  count: number,
  tileWidth: number,
  tileHeight: number,
  room: Size,
): GridLayout {
  switch (gridKind(tileWidth, tileHeight)) {
    case 'tiles':
      return layoutTiles(count, tileWidth, tileHeight, room);
    case 'bars':
      return layoutBars(count, room);
    case 'rows':
      return layoutLines(count, tileWidth, room.width, room.height, (along, across, scale) =>
        layoutOf(1, count, tileWidth, 1, along, across, 0, lineGap(across), scale),
      );
    case 'columns':
      return layoutLines(count, tileHeight, room.height, room.width, (along, across, scale) =>
        layoutOf(count, 1, 1, tileHeight, across, along, lineGap(across), 0, scale),
      );
  }
}

function layoutTiles(count: number, tileWidth: number, tileHeight: number, room: Size): GridLayout {
  const [stretchX, stretchY] = stretchOf(tileWidth, tileHeight);
  const [width, height] = [tileWidth * stretchX, tileHeight * stretchY];
  const most = Math.min(count, smallestTiles(tileWidth, tileHeight, room.width).columns);
  const largest = LARGEST_TILE / Math.max(width, height);
  const zoomAt = (columns: number) =>
    Math.min(largest, (room.width - GAP * (columns - 1)) / columns / width);
  let columns = 1;
  for (; columns < most; columns++) {
    const rows = Math.ceil(count / columns);
    if (rows * (height * zoomAt(columns) + GAP) - GAP <= room.height) break;
  }
  const zoom = Math.max(zoomAt(columns), 1 / Math.max(width, height));
  const whole = Math.max(1, Math.floor(zoom));
  const [zoomX, zoomY] = [whole * stretchX, whole * stretchY];
  const rows = Math.ceil(count / columns);
  // The gaps are stretched with the tiles.
  const wide = columns * (tileWidth * zoomX + GAP) - GAP;
  const scale = Math.min(zoom / whole, Math.max(1, room.width) / wide);
  return layoutOf(columns, rows, tileWidth, tileHeight, zoomX, zoomY, GAP, GAP, scale);
}

/** Rows or columns of one picture; `make` is told zoom along and across the line, and the scale. */
function layoutLines(
  count: number,
  length: number,
  roomAlong: number,
  roomAcross: number,
  make: (along: number, across: number, scale: number) => GridLayout,
): GridLayout {
  const zoom = Math.max(1, roomAlong / length);
  const along = Math.floor(zoom);
  const scale = zoom / along;
  const thickness = Math.max(THINNEST_LINE, Math.min(THICKEST_LINE, roomAcross / count));
  const across = Math.floor(thickness / scale);
  return make(along, Math.max(1, across - lineGap(across)), scale);
}

/** A line between the channels where there is room for one. */
function lineGap(thickness: number): number {
  return thickness >= 6 ? 1 : 0;
}

function layoutBars(count: number, room: Size): GridLayout {
  const fitting = Math.floor(room.width / count);
  const pitch = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, fitting));
  const columns = Math.max(1, Math.min(count, Math.floor(room.width / pitch)));
  const rows = Math.ceil(count / columns);
  const height = Math.floor(room.height / rows) - BAR_GAP;
  const zoomY = Math.max(LOWEST_BARS, Math.min(HIGHEST_BARS, height));
  return layoutOf(columns, rows, 1, 1, pitch - 1, zoomY, 1, BAR_GAP, 1);
}

function layoutOf(
  columns: number,
  rows: number,
  tileWidth: number,
  tileHeight: number,
  zoomX: number,
  zoomY: number,
  gapX: number,
  gapY: number,
  scale: number,
): GridLayout {
  const width = columns * (tileWidth * zoomX + gapX) - gapX;
  const height = rows * (tileHeight * zoomY + gapY) - gapY;
  return { columns, rows, zoomX, zoomY, gapX, gapY, width, height, tileWidth, tileHeight, scale };
}

/** Tiles at the smallest zoom, in pixels, and how many of them lie side by side. */
function smallestTiles(tileWidth: number, tileHeight: number, room: number) {
  const [stretchX, stretchY] = stretchOf(tileWidth, tileHeight);
  const [wide, high] = [tileWidth * stretchX, tileHeight * stretchY];
  const zoom = Math.max(1, Math.ceil(SMALLEST_TILE / Math.max(wide, high)));
  const [width, height] = [wide * zoom + GAP, high * zoom + GAP];
  return { width, height, columns: Math.max(1, Math.floor((room + GAP) / width)) };
}

/** How many times wider and higher a value of an extremely long map is drawn. */
function stretchOf(tileWidth: number, tileHeight: number): [number, number] {
  const stretch = (short: number, long: number) =>
    Math.max(1, Math.ceil(long / short / MOST_ASPECT));
  return [stretch(tileWidth, tileHeight), stretch(tileHeight, tileWidth)];
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the tile of a cell lies on the canvas. */
export function tileBox(layout: GridLayout, cell: number): Box {
  const [width, height] = [layout.tileWidth * layout.zoomX, layout.tileHeight * layout.zoomY];
  return {
    left: (cell % layout.columns) * (width + layout.gapX),
    top: Math.floor(cell / layout.columns) * (height + layout.gapY),
    width,
    height,
  };
}

/** Where a cell lies on the page, from the corner of the canvas. */
export function cellRect(layout: GridLayout, cell: number): Box {
  const { left, top, width, height } = tileBox(layout, cell);
  const { scale } = layout;
  return { left: left * scale, top: top * scale, width: width * scale, height: height * scale };
}

/** The cell and the pixel of its map under a point of the page; null between and beyond tiles. */
export function hitGrid(
  layout: GridLayout,
  count: number,
  pageX: number,
  pageY: number,
): { cell: number; row: number; column: number } | null {
  const [x, y] = [pageX / layout.scale, pageY / layout.scale];
  const pitchX = layout.tileWidth * layout.zoomX + layout.gapX;
  const pitchY = layout.tileHeight * layout.zoomY + layout.gapY;
  // A gap of a pixel belongs to what is before it: nobody aims at less.
  const within = (at: number, zoom: number, size: number, gap: number) =>
    Math.min(Math.floor(at / zoom), gap <= 1 ? size - 1 : Infinity);
  const column = within(x % pitchX, layout.zoomX, layout.tileWidth, layout.gapX);
  const row = within(y % pitchY, layout.zoomY, layout.tileHeight, layout.gapY);
  const gridColumn = Math.floor(x / pitchX);
  const cell = Math.floor(y / pitchY) * layout.columns + gridColumn;
  const inside = x >= 0 && y >= 0 && column < layout.tileWidth && row < layout.tileHeight;
  return inside && gridColumn < layout.columns && cell < count ? { cell, row, column } : null;
}
