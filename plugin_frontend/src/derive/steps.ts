/** Anything that belongs to a step. */
export interface Stepped {
  readonly step: number;
}

/** Index of the step nearest to `wanted` in ascending `steps`; of two, the earlier; -1 in none. */
export function nearestIndex(steps: readonly number[], wanted: number): number {
  return search(steps.length, (index) => steps[index]!, wanted);
}

/** The entry nearest to a step, of two the earlier. */
export function nearestEntry<Entry extends Stepped>(
  entries: readonly Entry[],
  wanted: number,
): Entry | undefined {
  return entries[search(entries.length, (index) => entries[index]!.step, wanted)];
}

/** Index of the entry of exactly this step; -1 without one. */
export function indexAt(entries: readonly Stepped[], step: number): number {
  const index = search(entries.length, (place) => entries[place]!.step, step);
  return entries[index]?.step === step ? index : -1;
}

function search(count: number, stepAt: (index: number) => number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stepAt(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  if (low === count) return count - 1;
  if (low === 0) return 0;
  return wanted - stepAt(low - 1) <= stepAt(low) - wanted ? low - 1 : low;
}
