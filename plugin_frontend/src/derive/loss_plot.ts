import type { LossPoint } from '../model/loss';
import type { LossAxis } from '../state/look';
import type { Curve } from './loss_curves';
import { memoised, memoisedBy } from './memo';
import { smoothed } from './smoothing';

export type Column = readonly (number | null)[];

/** The curves of the stacked view, bottom first. */
export const stackable = memoisedBy((curves: readonly Curve[]): readonly Curve[] =>
  curves
    .filter((curve) => !curve.validation && !['total', 'reported'].includes(curve.term.kind))
    .reverse(),
);

/**
 * Columns of the plot: all places on the axis, then a column a curve with null where it has no
 * point. Places are steps, seconds since the run's first point, or seconds since 1970.
 *
 * @param smoothing weight of the past in the moving average; 0 for none.
 */
export const plotData = memoised(
  (curves: readonly Curve[], stacked: boolean, smoothing: number, axis: LossAxis): Column[] => {
    const shown = stacked ? stackable(curves) : curves;
    const starts = startsOf(curves);
    const placeOf = ({ run }: Curve, point: LossPoint) => placeAt(axis, starts.get(run)!, point);
    const placed = shown.map((curve) =>
      curve.term.points.flatMap((point) => {
        const place = placeOf(curve, point);
        return Number.isFinite(place) ? [[place, point.value] as const] : [];
      }),
    );
    const places = [...new Set(placed.flatMap((points) => points.map(([place]) => place)))];
    places.sort((a, b) => a - b);
    const columns = placed.map((points) => {
      const values = new Map(points);
      const column = places.map((place) => values.get(place) ?? null);
      return smoothing > 0 ? smoothed(column, smoothing) : column;
    });
    return [places, ...(stacked ? cumulated(columns) : columns)];
  },
);

/** Where steps lie on an axis of time, by a curve's points; null on an axis of steps. */
export const timesOf = memoised(
  (curves: readonly Curve[], axis: LossAxis): { steps: number[]; times: number[] } | null => {
    const [curve] = curves;
    if (axis === 'step' || !curve) return null;
    const start = startsOf(curves).get(curve.run)!;
    const points = curve.term.points.filter(({ wallTime }) => Number.isFinite(wallTime));
    return {
      steps: points.map(({ step }) => step),
      times: points.map((point) => placeAt(axis, start, point)),
    };
  },
);

function placeAt(axis: LossAxis, start: number, { step, wallTime }: LossPoint): number {
  if (axis === 'step') return step;
  return axis === 'wall' ? wallTime : wallTime - start;
}

/** When each run's first point was written. */
function startsOf(curves: readonly Curve[]): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  for (const { run, term } of curves) {
    const times = term.points.map(({ wallTime }) => wallTime).filter(Number.isFinite);
    const first = times.reduce((a, b) => Math.min(a, b), starts.get(run) ?? Infinity);
    starts.set(run, first);
  }
  return starts;
}

function cumulated(columns: Column[]): Column[] {
  let below: Column = [];
  return columns.map((column) => {
    below = column.map((value, index) => (value === null ? null : value + (below[index] ?? 0)));
    return below;
  });
}
