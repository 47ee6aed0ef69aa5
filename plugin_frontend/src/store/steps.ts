/** Index of the step nearest to `wanted` in ascending `steps`; of two, the earlier; -1 in none. */
export function nearestIndex(steps: readonly number[], wanted: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  if (low === steps.length) return steps.length - 1;
  if (low === 0) return 0;
  return wanted - steps[low - 1]! <= steps[low]! - wanted ? low - 1 : low;
}
