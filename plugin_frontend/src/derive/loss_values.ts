import type { Losses, LossPoint, LossTerm } from '../model/loss';
import type { Curve } from './loss_curves';
import { nearestEntry } from './steps';

/** The point of a term that is measured nearest to a step. */
export function pointAt(term: LossTerm | undefined, step: number): LossPoint | undefined {
  return term && nearestEntry(term.points, step);
}

/** The value of a term at exactly this step; null where none was measured. */
function valueAt(term: LossTerm | undefined, step: number): number | null {
  const point = pointAt(term, step);
  return point?.step === step ? point.value : null;
}

/** How much larger a term is in another run near a step; null unless both measured the same one. */
export function differenceAt(
  term: LossTerm | undefined,
  other: LossTerm | undefined,
  step: number,
): Pick<LossPoint, 'step' | 'value'> | null {
  const [from, to] = [pointAt(term, step), pointAt(other, step)];
  if (!from || !to || from.step !== to.step) return null;
  if (from.value === null || to.value === null) return null;
  return { step: from.step, value: to.value - from.value };
}

/** The loss weight of a weighted term as it was at a step, to three digits. */
export function weightAt(losses: Losses, weighted: LossTerm, step: number): number | null {
  const plain = losses.terms.find(
    (term) => term.kind === 'output' && term.output === weighted.output,
  );
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
  const train = curves.filter((curve) => !curve.validation && curve.term.kind !== 'reported');
  const total = train.find((curve) => curve.term.kind === 'total');
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
