import { predictionsAsk } from '../data/asks';
import type { Library } from '../data/library';
import { valueOf, type Loadable } from '../model/loadable';
import type { HeadPredictions, Predictions } from '../model/prediction';
import type { Listing, Run } from '../model/run';
import type { Selection } from '../state/selection';
import { memoised } from './memo';
import { classColumns, classNamed, className, drawnClass, headsOf } from './predictions';
import { probeIn } from './probes';
import { sideRuns } from './side';

/** What is predicted in a run for a probe, nearest to a step. */
export interface PredictionSide {
  readonly run: Run;
  readonly probe: number;
  /** null for the newest. */
  readonly step: number | null;
  /** null where the run logs none. */
  readonly predictions: Loadable<Predictions> | null;
}

const makeSide = memoised(
  (
    run: Run,
    probe: number,
    step: number | null,
    predictions: Loadable<Predictions> | null,
  ): PredictionSide => ({ run, probe, step, predictions }),
  16,
);
const sameSides = memoised((...sides: PredictionSide[]): readonly PredictionSide[] => sides);

/** One side, or the two that are compared: of two steps the older one first. */
export function predictionSides(
  listing: Listing,
  selection: Selection,
  library: Library,
  cursor: number | null,
): readonly PredictionSide[] {
  const [run, other] = sideRuns(listing, selection);
  if (!run) return sameSides();
  const { comparison, probe } = selection;
  const sideOf = (shown: Run, ownProbe: number, step: number | null) => {
    const ask = predictionsAsk(shown);
    return makeSide(shown, ownProbe, step, ask && library.predictions.peek(ask));
  };
  const own = sideOf(run, probe, cursor);
  if (other) {
    const same = probeIn(library, run, probe, other).probe;
    return same === null ? sameSides(own) : sameSides(own, sideOf(other, same, cursor));
  }
  if (comparison?.kind !== 'step') return sameSides(own);
  const kept = sideOf(run, probe, comparison.step);
  const isOlder = cursor !== null && comparison.step > cursor;
  return isOlder ? sameSides(own, kept) : sameSides(kept, own);
}

/** What is drawn over the steps of a side: a class of all its heads. */
export interface DrawnSide {
  readonly run: Run;
  readonly probe: number;
  readonly heads: readonly HeadPredictions[];
  /** −1 where it has no such class. */
  readonly index: number;
}

const makeDrawn = memoised(
  (run: Run, probe: number, heads: readonly HeadPredictions[], index: number): DrawnSide => ({
    run,
    probe,
    heads,
    index,
  }),
);
const sameDrawn = memoised((...drawn: DrawnSide[]): readonly DrawnSide[] => drawn);

/**
 * One of each run that has predictions: the class of the first one's main head, and that of the
 * same name in the others.
 */
export function drawnSides(
  sides: readonly PredictionSide[],
  chosen: number | null,
): readonly DrawnSide[] {
  const runs = new Set<Run>();
  let name: string | null = null;
  const drawn = sides.flatMap((side) => {
    const known = valueOf(side.predictions);
    if (!known?.heads.length || runs.has(side.run)) return [];
    runs.add(side.run);
    const heads = headsOf(known);
    const [main] = heads;
    const index = name === null ? drawnClass(known, side.probe, chosen) : classNamed(main, name);
    name ??= className(main!, index);
    return [makeDrawn(side.run, side.probe, heads, index)];
  });
  return sameDrawn(...drawn);
}

export type Columns = readonly (readonly (number | null)[])[];

const join = memoised((...parts: readonly Columns[]): Columns => {
  const steps = [...new Set(parts.flatMap(([own = []]) => own as number[]))].sort((a, b) => a - b);
  const columns = parts.flatMap(([own = [], ...values]) =>
    values.map((column) => {
      const at = new Map(own.map((step, index) => [step, column[index] ?? null]));
      return steps.map((step) => at.get(step) ?? null);
    }),
  );
  return [steps, ...columns];
});

/** What every head of every side predicts over the steps: steps, then one a head. */
export function columnsOfSides(
  library: Pick<Library, 'outputs'>,
  drawn: readonly DrawnSide[],
): Columns | null {
  const parts = drawn.map(({ run, probe, heads, index }) =>
    classColumns(library, run.name, heads, probe, index),
  );
  return parts.length > 1 ? join(...parts) : (parts[0] ?? null);
}
