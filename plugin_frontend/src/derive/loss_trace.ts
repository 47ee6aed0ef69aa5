import type { LossPoint } from '../model/loss';
import { memoised } from './memo';

/** A loss as it is drawn along the slider of the steps. */
export interface LossTrace {
  /** From 0 at the first stop to 1 at the last; stops lie evenly. */
  readonly places: Float32Array;
  /** From 0 at the smallest loss to 1 at the largest; NaN where it is not finite. */
  readonly heights: Float32Array;
}

/** Lays a loss over the stops; null where less than two points lie between them. */
export const traceOf = memoised(
  (points: readonly LossPoint[], stops: readonly number[]): LossTrace | null => {
    const [first, last] = [stops[0], stops.at(-1)];
    if (first === undefined || last === undefined || first === last) return null;
    const within = points.filter(({ step }) => step >= first && step <= last);
    if (within.length < 2) return null;
    let [low, high] = [Infinity, -Infinity];
    for (const { value } of within) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const span = high - low || 1;
    return {
      places: Float32Array.from(within, ({ step }) => placeOf(stops, step)),
      heights: Float32Array.from(within, ({ value }) =>
        value === null ? NaN : (value - low) / span,
      ),
    };
  },
);

/**
 * Where a step lies among the stops of a slider, from 0 to 1: as many stops lie to the left of it,
 * and between two stops the steps lie evenly.
 */
export function placeOf(stops: readonly number[], step: number): number {
  let [low, high] = [0, stops.length - 1];
  if (high < 1 || step <= stops[0]!) return 0;
  if (step >= stops[high]!) return 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (stops[middle]! <= step) low = middle;
    else high = middle;
  }
  const share = (step - stops[low]!) / (stops[high]! - stops[low]!);
  return (low + share) / (stops.length - 1);
}
