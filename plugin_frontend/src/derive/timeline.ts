import type { Library } from '../data/library';
import type { Gradients } from '../model/gradient';
import { valueOf } from '../model/loadable';
import type { Losses } from '../model/loss';
import type { Listing, Run } from '../model/run';
import type { Item } from '../model/series';
import type { Selection } from '../state/selection';
import { gradientsAsk, lossesAsk } from '../data/asks';
import { memoised, memoisedBy } from './memo';
import { paneOf, panesOf } from './panes';
import { placeOf } from './place';
import { nearestIndex } from './steps';

/** The step cursor, and where it can stop. */
export interface Timeline {
  /** Steps of the captures; in a run without maps of the losses, without those of the gradients. */
  readonly stops: readonly number[];
  /** The stop nearest to the cursor; -1 without stops. */
  readonly index: number;
  /** Any step; null without stops. */
  readonly cursor: number | null;
  /** Whether nothing that was written can have been dropped. */
  readonly allKept: boolean;
  readonly following: boolean;
}

const stepsOf = memoisedBy((items: readonly Item[]) => items.map(({ step }) => step));

const lossSteps = memoisedBy((losses: Losses): readonly number[] => {
  const steps = new Set(losses.terms.flatMap(({ points }) => points.map(({ step }) => step)));
  return [...steps].sort((a, b) => a - b);
});

const gradientSteps = memoisedBy((gradients: Gradients): readonly number[] => {
  const steps = new Set(gradients.series.flatMap(({ steps }) => steps.map(({ step }) => step)));
  return [...steps].sort((a, b) => a - b);
});

const NONE: readonly number[] = [];

const make = memoised(
  (
    stops: readonly number[],
    step: number | null,
    following: boolean,
    allKept: boolean,
  ): Timeline => {
    const cursor = following || step === null ? (stops.at(-1) ?? null) : step;
    const index = cursor === null ? -1 : nearestIndex(stops, cursor);
    return { stops, index, cursor, allKept, following };
  },
);

export function timelineOf(listing: Listing, selection: Selection, library: Library): Timeline {
  const { following, step } = selection;
  const pane = paneOf(panesOf(listing, selection, library).first);
  const captures = valueOf(pane?.captures);
  if (captures) return make(stepsOf(captures.items), step, following, captures.allKept);
  const { run } = placeOf(listing, selection.run, selection.layer);
  if (!run || run.layers.length) return make(NONE, step, following, true);
  const losses = ownLosses(library, run);
  if (!losses) {
    const gradients = ownGradients(library, run);
    const allKept = gradients?.series.every((series) => series.allKept) ?? true;
    return make(gradients ? gradientSteps(gradients) : NONE, step, following, allKept);
  }
  return make(
    lossSteps(losses),
    step,
    following,
    losses.terms.every((term) => term.allKept),
  );
}

function ownGradients(library: Library, run: Run): Gradients | undefined {
  const ask = gradientsAsk(run);
  return ask ? valueOf(library.gradients.peek(ask)) : undefined;
}

function ownLosses(library: Library, run: Run): Losses | undefined {
  return valueOf(library.losses.peek(lossesAsk(run.name, run)));
}
