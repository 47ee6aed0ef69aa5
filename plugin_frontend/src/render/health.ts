/** How wide and high a channel's cell of the health picture is on screen. */
export interface HealthLayout {
  cellWidth: number;
  cellHeight: number;
  width: number;
  height: number;
}

const WIDEST = 64;
const HIGHEST = 14;

/** Cells as large as the pane allows, at least one pixel wide and two high. */
export function layoutHealth(
  steps: number,
  channels: number,
  paneWidth: number,
  paneHeight: number,
): HealthLayout {
  const cellWidth = Math.max(1, Math.min(WIDEST, Math.floor(paneWidth / Math.max(1, steps))));
  const cellHeight = Math.max(2, Math.min(HIGHEST, Math.floor(paneHeight / Math.max(1, channels))));
  return { cellWidth, cellHeight, width: steps * cellWidth, height: channels * cellHeight };
}

/** How many rows a picture can have. */
export const MOST_ROWS = 16_000;

/** A cell's pixel; the share of zeros shades those that are neither dead nor otherwise ill. */
export type HealthColors = Readonly<Record<Exclude<CellState, 'active'>, number>> & {
  /** From no zeros to all but inactive, 256 pixels. */
  readonly active: Uint32Array;
};

export type CellState = 'active' | 'inactive' | 'dead' | 'constant' | 'notFinite';
export interface Cell {
  readonly state: CellState;
  readonly zeros: number;
}

/** Paints channels × steps; `cell` says how a channel of a row is at a column's step. */
export function paintHealth(
  image: ImageData,
  layout: HealthLayout,
  cell: (row: number, column: number) => Cell,
  colors: HealthColors,
): void {
  const pixels = new Uint32Array(image.data.buffer);
  const { cellWidth, cellHeight, width } = layout;
  const columns = width / cellWidth;
  const rows = layout.height / cellHeight;
  for (let row = 0; row < rows; row++) {
    const top = row * cellHeight * width;
    for (let column = 0; column < columns; column++) {
      const { state, zeros } = cell(row, column);
      const shade = Math.max(0, Math.min(255, Math.round(zeros * 255)));
      const pixel = state === 'active' ? colors.active[shade]! : colors[state];
      pixels.fill(pixel, top + column * cellWidth, top + (column + 1) * cellWidth);
    }
    // A line between channels where there is room for one.
    const last = cellHeight >= 4 ? cellHeight - 1 : cellHeight;
    for (let copy = 1; copy < last; copy++) {
      pixels.copyWithin(top + copy * width, top, top + width);
    }
  }
}
