import { parseColor } from './colormap';

/** How many rows a picture can have. */
export const MOST_ROWS = 16_000;
const HIGHEST = 28;

/** Pixels of the page that the picture takes: it fills the width, and the height if it can. */
export function healthSize(steps: number, channels: number, width: number, height: number) {
  const row = Math.max(1, Math.min(HIGHEST, height / Math.max(1, channels)));
  return { width: Math.max(steps, width), height: channels * row, row };
}

/** A cell's pixel; the share of zeros shades those that are neither dead nor otherwise ill. */
export type HealthColors = Readonly<Record<Exclude<CellState, 'active'>, number>> & {
  /** From no zeros to all but inactive, 256 pixels. */
  readonly active: Uint32Array;
};

/** The colours by the custom properties of the page that hold them. */
export function healthColors(color: (property: string) => string): HealthColors {
  const parts = (state: string) => parseColor(color(`--health-${state}`));
  const pixel = ([red = 0, green = 0, blue = 0]: readonly number[]) =>
    ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  const [full, sparse] = [parts('full'), parts('sparse')];
  const active = Uint32Array.from({ length: 256 }, (_, i) =>
    pixel(full.map((part, c) => Math.round(part + ((sparse[c]! - part) * i) / 255))),
  );
  return {
    dead: pixel(parts('dead')),
    inactive: pixel(parts('inactive')),
    constant: pixel(parts('constant')),
    notFinite: pixel(parts('notFinite')),
    active,
  };
}

export type CellState = 'active' | 'inactive' | 'dead' | 'constant' | 'notFinite';
export interface Cell {
  readonly state: CellState;
  readonly zeros: number;
}

/** Paints channels × steps, a pixel each; `cell` says how a channel of a row is at a step. */
export function paintHealth(
  image: ImageData,
  cell: (row: number, column: number) => Cell,
  colors: HealthColors,
): void {
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < image.width; column++) {
      const { state, zeros } = cell(row, column);
      const shade = Math.max(0, Math.min(255, Math.round(zeros * 255)));
      const pixel = state === 'active' ? colors.active[shade]! : colors[state];
      pixels[row * image.width + column] = pixel;
    }
  }
}
