import type { AtlasScale, Picture } from '../model/picture';
import { levelValue } from '../render/levels';
import { tileCorner } from '../render/tiles';
import type { ProbePoint } from '../state/selection';
import { memoisedBy } from './memo';

/** The cell of a layer's maps that lies where a point of the probe does, by its share of the sides. */
export function cellAt(
  { tileHeight, tileWidth }: AtlasScale,
  { x, y }: ProbePoint,
): { readonly row: number; readonly column: number } {
  const within = (share: number, size: number) =>
    Math.max(0, Math.min(size - 1, Math.floor(share * size)));
  return { row: within(y, tileHeight), column: within(x, tileWidth) };
}

/** Each channel's value in one cell of its map: float32 `[channels]`. */
export const valuesAt = memoisedBy(
  (picture: Picture, row: number, column: number): Float32Array => {
    const { scale, levels, width } = picture;
    return Float32Array.from({ length: scale.channels }, (_, channel) => {
      const { left, top } = tileCorner(scale, channel);
      return levelValue(scale, channel, levels[(top + row) * width + left + column]!);
    });
  },
);

/** The channels, the one with the largest value in a cell first. */
export const strongestAt = memoisedBy(
  (picture: Picture, row: number, column: number): readonly number[] => {
    const values = valuesAt(picture, row, column);
    const order = Array.from(values, (_, channel) => channel);
    return order.sort((a, b) => values[b]! - values[a]! || a - b);
  },
);
