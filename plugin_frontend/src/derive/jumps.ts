import type { LossPoint } from '../model/loss';
import { memoisedBy } from './memo';

/** How many points on either side a rise is measured against. */
const REACH = 32;
const FEWEST = 8;
const FACTOR = 8;
/** Rises below this share of the value are rounding. */
const ROUNDING = 1e-5;

export const JUMP_MEANING =
  `A jump: a rise from one point to the next of more than ${FACTOR} times the median change ` +
  `among the ${2 * REACH} points around it, or to what is not finite`;

/** A sudden rise of a loss. */
export interface Jump {
  readonly step: number;
  /** By how much it rose; infinite where it was not finite any more. */
  readonly rise: number;
}

/** The jumps of a term, in the order of their steps. */
export const jumpsOf = memoisedBy((points: readonly LossPoint[]): readonly Jump[] => {
  const changes = points.map(({ value }, index) => changeTo(points[index - 1]?.value, value));
  return points.flatMap(({ step, value }, index) => {
    const rise = changes[index];
    if (rise === Infinity) return [{ step, rise }];
    if (rise == null || rise <= ROUNDING * Math.abs(value ?? 0)) return [];
    const around = changes
      .slice(Math.max(0, index - REACH), index + REACH + 1)
      .filter((change, i) => change != null && Number.isFinite(change) && i !== own(index))
      .map((change) => Math.abs(change!));
    return around.length >= FEWEST && rise > FACTOR * median(around) ? [{ step, rise }] : [];
  });
});

/** The place of an index within the part that is cut out around it. */
function own(index: number): number {
  return Math.min(index, REACH);
}

/** null where there is nothing to compare. */
function changeTo(before: number | null | undefined, value: number | null): number | null {
  if (before == null) return null;
  return value === null ? Infinity : value - before;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
