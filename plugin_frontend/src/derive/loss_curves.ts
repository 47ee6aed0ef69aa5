import type { Losses, LossPoint, LossTerm } from '../model/loss';
import type { LossPair } from './losses';
import { memoised, memoisedBy } from './memo';
import type { RunColors } from './run_colors';

/** A line of the loss plot. */
export interface Curve {
  /** What is hidden and shown together: a term, or a run where one term of several is shown. */
  readonly id: string;
  readonly label: string;
  /** What its term is called, also where the label is of a run. */
  readonly termLabel: string;
  /** Which dash it has, and which colour of the palette. */
  readonly color: number;
  /** The custom property of its run's colour where it stands for a run; null for a term. */
  readonly runColor: string | null;
  readonly validation: boolean;
  readonly run: string;
  readonly term: LossTerm;
}

const RANK = { total: 0, weighted: 1, output: 2, penalty: 3, reported: 4 };

/** The terms that are drawn: the total and its parts; of the validation, the same. */
export const curvesOf = memoisedBy(({ train, validation }: LossPair): readonly Curve[] => {
  const order = [...partsOf(train.terms), ...partsOf(validation?.terms ?? [])].map(keyOf);
  const colors = [...new Set(order)];
  const of = (losses: Losses, isValidation: boolean): Curve[] =>
    partsOf(losses.terms).map((term) => ({
      id: keyOf(term),
      label: labelOf(term),
      termLabel: labelOf(term),
      color: colors.indexOf(keyOf(term)),
      runColor: null,
      validation: isValidation,
      run: losses.run,
      term,
    }));
  return [...of(train, false), ...(validation ? of(validation, true) : [])];
});

/** One term of several runs, each in TensorBoard's colour of the run. */
export const overlaidCurves = memoised(
  (pairs: readonly LossPair[], id: string, colors: RunColors): readonly Curve[] =>
    pairs.flatMap((pair, color) => {
      const { run } = pair.train;
      const own = { id: run, label: run, color, runColor: colors(run) ?? '--muted' };
      return curvesOf(pair)
        .filter((curve) => curve.id === id)
        .map((curve) => ({ ...curve, ...own }));
    }),
);

/** One term of several runs where one is chosen, else all terms of one. */
export function curvesShown(
  pair: LossPair,
  pairs: readonly LossPair[],
  term: string | null,
  colors: RunColors,
): readonly Curve[] {
  return term !== null && pairs.length > 1 ? overlaidCurves(pairs, term, colors) : curvesOf(pair);
}

/** The curves that are not hidden. */
export const shownCurves = memoised(
  (curves: readonly Curve[], hidden: readonly string[]): readonly Curve[] =>
    curves.filter((curve) => !hidden.includes(curve.id)),
);

/** What is hidden after a click on a curve's key. */
export function toggled(hidden: readonly string[], id: string): readonly string[] {
  return hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id];
}

/** What is hidden when only one is to be seen; nothing where that is so already. */
export function soloed(
  hidden: readonly string[],
  curves: readonly Curve[],
  id: string,
): readonly string[] {
  const others = [...new Set(curves.map((curve) => curve.id))].filter((other) => other !== id);
  const isAlone = !hidden.includes(id) && others.every((other) => hidden.includes(other));
  return isAlone ? hidden.filter((other) => !others.includes(other)) : others;
}

function partsOf(terms: readonly LossTerm[]): LossTerm[] {
  const auxiliary = (term: LossTerm) => Number(term.role === 'auxiliary');
  return terms
    .filter((term) => term.kind !== 'output')
    .sort((a, b) => RANK[a.kind] - RANK[b.kind] || auxiliary(a) - auxiliary(b));
}

/** The same for a term in each run. */
function keyOf({ kind, output }: LossTerm): string {
  return output === null ? kind : `${kind} ${output}`;
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

/** The train curve that stands for the whole: the total, else the first; null without any. */
export const leadingPoints = memoisedBy((pair: LossPair): readonly LossPoint[] => {
  const train = curvesOf(pair).filter((curve) => !curve.validation);
  const total = train.find(({ term }) => term.kind === 'total') ?? train[0];
  return total?.term.points ?? [];
});
