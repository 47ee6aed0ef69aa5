/**
 * Moves labels apart so that none overlaps another, each as near to its line as that allows.
 *
 * @param wanted where each would lie; their order is kept.
 * @param height of a label.
 * @returns where each lies within `[0, room]`; null for those that have no room at all.
 */
export function spreadLabels(
  wanted: readonly number[],
  height: number,
  room: number,
): readonly (number | null)[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!);
  const fitting = order.slice(0, Math.floor(room / height) + 1);
  const places: (number | null)[] = wanted.map(() => null);
  let above = -Infinity;
  for (const index of fitting) {
    above = Math.max(wanted[index]!, above + height, 0);
    places[index] = above;
  }
  let below = room + height;
  for (const index of fitting.toReversed()) {
    below = Math.min(places[index]!, below - height);
    places[index] = below;
  }
  return places;
}
