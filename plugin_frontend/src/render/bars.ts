import type { Picture, Range } from '../model/picture';
import { tileBox, type GridLayout } from './grid';

/** The values that bars span: with zero, where they all begin. */
export function barRange({ low, high }: Range): Range {
  return { low: Math.min(0, low), high: Math.max(0, high) };
}

/** How far below the top of its row a value lies, as a share of the row's height. */
export function barPlace(value: number, { low, high }: Range): number {
  return high > low ? Math.max(0, Math.min(1, (high - value) / (high - low))) : 1;
}

/**
 * Paints layers of one value a channel into the pixels of an ImageData of the layout's size: a bar
 * from zero to each value.
 */
export function paintBars(
  target: Uint32Array,
  { scale }: Picture,
  layout: GridLayout,
  order: readonly number[],
  pixel: number,
  range: Range,
): void {
  target.fill(0);
  order.forEach((channel, cell) => {
    const { left, top, width, height } = tileBox(layout, cell);
    const places = [0, scale.lo[channel]!].map((value) =>
      Math.round(barPlace(value, range) * (height - 1)),
    );
    const last = top + Math.max(...places);
    for (let row = top + Math.min(...places); row <= last; row++) {
      target.fill(pixel, row * layout.width + left, row * layout.width + left + width);
    }
  });
}
