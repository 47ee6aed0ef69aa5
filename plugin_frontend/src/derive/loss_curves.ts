import type { Losses, LossPoint, LossTerm } from '../model/loss';
import type { LossPair } from './losses';
import { memoised, memoisedBy } from './memo';
import { smoothed } from './smoothing';
import { nearestEntry } from './steps';

/** A line of the loss plot. */
export interface Curve {
  readonly label: string;
  /** Which colour of the plot's palette. */
  readonly color: number;
  readonly validation: boolean;
  readonly term: LossTerm;
}

const RANK = { total: 0, weighted: 1, output: 2, penalty: 3, reported: 4 };

/** The terms that are drawn: the total and its parts; of the validation, the same. */
export const curvesOf = memoisedBy(({ train, validation }: LossPair): readonly Curve[] => {
  const of = (losses: Losses | null, isValidation: boolean) =>
    partsOf(losses?.terms ?? []).map((term, color) => ({
      label: labelOf(term),
      color,
      validation: isValidation,
      term,
    }));
  return [...of(train, false), ...of(validation, true)];
});

function partsOf(terms: readonly LossTerm[]): LossTerm[] {
  const auxiliary = (term: LossTerm) => Number(term.role === 'auxiliary');
  return terms
    .filter((term) => term.kind !== 'output')
    .sort((a, b) => RANK[a.kind] - RANK[b.kind] || auxiliary(a) - auxiliary(b));
}

function labelOf(term: LossTerm): string {
  switch (term.kind) {
    case 'total':
    case 'penalty':
      return term.kind;
    case 'reported':
      return `${term.output ?? 'loss'} (as reported)`;
    default:
      return term.output ?? term.tag;
  }
}

/** The point of a term that is measured nearest to a step. */
export function pointAt(term: LossTerm | undefined, step: number): LossPoint | undefined {
  return term && nearestEntry(term.points, step);
}

/** The value of a term at exactly this step; null where none was measured. */
function valueAt(term: LossTerm | undefined, step: number): number | null {
  const point = pointAt(term, step);
  return point?.step === step ? point.value : null;
}

/** The loss weight of a weighted term as it was at a step, to three digits. */
export function weightAt(losses: Losses, weighted: LossTerm, step: number): number | null {
  const plain = losses.terms.find((one) => one.kind === 'output' && one.output === weighted.output);
  const at = pointAt(weighted, step)?.step;
  if (at === undefined) return null;
  const [product, loss] = [valueAt(weighted, at), valueAt(plain, at)];
  return product === null || !loss ? null : Number((product / loss).toPrecision(3));
}

/** What the total has beyond its parts where it is measured nearest to a step. */
export interface Residual {
  readonly step: number;
  readonly value: number;
}

/** The residual: 0 but for rounding, unless a loss is custom; null where parts are not known. */
export function residualAt(curves: readonly Curve[], step: number): Residual | null {
  const train = curves.filter((one) => !one.validation && one.term.kind !== 'reported');
  const total = train.find((one) => one.term.kind === 'total');
  const point = pointAt(total?.term, step);
  if (!point || point.value === null) return null;
  let value = point.value;
  for (const { term } of train) {
    if (term === total?.term) continue;
    const part = valueAt(term, point.step);
    if (part === null) return null;
    value -= part;
  }
  return { step: point.step, value };
}

/** The curves of the stacked view, bottom first. */
export const stackable = memoisedBy((curves: readonly Curve[]): readonly Curve[] =>
  curves
    .filter((one) => !one.validation && !['total', 'reported'].includes(one.term.kind))
    .reverse(),
);

/**
 * Columns of the plot: all steps, then a column a curve with null where it has no point.
 *
 * @param smoothing weight of the past in the moving average; 0 for none.
 */
export const plotData = memoised(
  (curves: readonly Curve[], stacked: boolean, smoothing: number): (number | null)[][] => {
    const shown = stacked ? stackable(curves) : curves;
    const steps = [...new Set(shown.flatMap((one) => one.term.points.map((point) => point.step)))];
    steps.sort((a, b) => a - b);
    const columns = shown.map((one) => {
      const values = new Map(one.term.points.map((point) => [point.step, point.value]));
      const column = steps.map((step) => values.get(step) ?? null);
      return smoothing > 0 ? smoothed(column, smoothing) : column;
    });
    return [steps, ...(stacked ? cumulated(columns) : columns)];
  },
);

function cumulated(columns: (number | null)[][]): (number | null)[][] {
  let below: (number | null)[] = [];
  return columns.map((column) => {
    below = column.map((value, index) => (value === null ? null : value + (below[index] ?? 0)));
    return below;
  });
}
