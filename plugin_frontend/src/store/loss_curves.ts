import type { Losses, LossTerm } from '../api/types';
import { toCsv } from '../render/csv';
import { smoothed } from './smoothing';
import { nearestIndex } from './steps';

/** A line of the loss plot. */
export interface Curve {
  label: string;
  /** Which colour of the plot's palette. */
  color: number;
  validation: boolean;
  term: LossTerm;
}

/** The terms that are drawn: the total and its parts; of the validation, the same. */
export function curvesOf(losses: Losses | null): Curve[] {
  if (!losses) return [];
  const train = partsOf(losses.terms).map((term, color) => curve(term, color, false));
  const validation = partsOf(losses.validation?.terms ?? []).map((term, color) =>
    curve(term, color, true),
  );
  return [...train, ...validation];
}

function curve(term: LossTerm, color: number, validation: boolean): Curve {
  return { label: labelOf(term), color, validation, term };
}

function partsOf(terms: LossTerm[]): LossTerm[] {
  const rank = { total: 0, weighted: 1, output: 2, penalty: 3 };
  const auxiliary = (term: LossTerm) => Number(term.role === 'auxiliary');
  return terms
    .filter((term) => term.kind !== 'output')
    .sort((a, b) => rank[a.kind] - rank[b.kind] || auxiliary(a) - auxiliary(b));
}

export function labelOf(term: LossTerm): string {
  if (term.kind === 'total') return 'total';
  if (term.kind === 'penalty') return 'penalty';
  return term.output ?? term.tag;
}

/** A term's value at the point nearest to a step; null where there is none. */
export function valueAt(term: LossTerm, step: number): number | null {
  const index = nearestIndex(
    term.points.map((point) => point[0]),
    step,
  );
  return term.points[index]?.[2] ?? null;
}

/** The loss weight of a weighted term as it was at a step, to three digits. */
export function weightAt(losses: Losses, weighted: LossTerm, step: number): number | null {
  const plain = losses.terms.find((one) => one.kind === 'output' && one.output === weighted.output);
  const [product, loss] = [valueAt(weighted, step), plain && valueAt(plain, step)];
  return product === null || !loss ? null : Number((product / loss).toPrecision(3));
}

/** What the total has beyond its parts at a step: 0 but for rounding, unless a loss is custom. */
export function residualAt(curves: Curve[], step: number): number | null {
  const train = curves.filter((one) => !one.validation);
  const total = train.find((one) => one.term.kind === 'total');
  const sum = total && valueAt(total.term, step);
  if (sum === null || sum === undefined) return null;
  const parts = train.filter((one) => one !== total).map((one) => valueAt(one.term, step));
  if (parts.some((part) => part === null)) return null;
  return sum - parts.reduce<number>((left, part) => left + part!, 0);
}

/**
 * Columns of the plot: all steps, then a column a curve with null where it has no point.
 *
 * @param smoothing weight of the past in the moving average; 0 for none.
 */
export function plotData(curves: Curve[], stacked: boolean, smoothing = 0): (number | null)[][] {
  const shown = stacked ? stackable(curves) : curves;
  const steps = [...new Set(shown.flatMap((one) => one.term.points.map((point) => point[0])))];
  steps.sort((a, b) => a - b);
  const columns = shown.map((one) => {
    const values = new Map(one.term.points.map((point) => [point[0], point[2]]));
    const column = steps.map((step) => values.get(step) ?? null);
    return smoothing > 0 ? smoothed(column, smoothing) : column;
  });
  return [steps, ...(stacked ? cumulated(columns) : columns)];
}

/** The curves of the stacked view, bottom first. */
export function stackable(curves: Curve[]): Curve[] {
  return curves.filter((one) => !one.validation && one.term.kind !== 'total').reverse();
}

/** All terms of the run and of its validation as a table, a row a step. */
export function lossesAsCsv(losses: Losses): string {
  const terms = [losses, ...(losses.validation ? [losses.validation] : [])].flatMap(
    ({ run, terms }) => terms.map((term) => ({ name: `${run}: ${term.tag}`, term })),
  );
  const times = new Map<number, number>();
  for (const { term } of terms) {
    for (const [step, time] of term.points) if (!times.has(step)) times.set(step, time);
  }
  const columns = terms.map(
    ({ term }) => new Map(term.points.map(([step, , value]) => [step, value])),
  );
  const rows = [...times]
    .sort(([a], [b]) => a - b)
    .map(([step, time]) => [step, time, ...columns.map((column) => column.get(step) ?? null)]);
  return toCsv(['step', 'wall_time', ...terms.map(({ name }) => name)], rows);
}

function cumulated(columns: (number | null)[][]): (number | null)[][] {
  let below: (number | null)[] = [];
  return columns.map((column) => {
    below = column.map((value, index) => (value === null ? null : value + (below[index] ?? 0)));
    return below;
  });
}
