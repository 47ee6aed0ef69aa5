import { gradientsAsk } from '../data/asks';
import type { Library } from '../data/library';
import type { GradientPlace, Gradients } from '../model/gradient';
import { valueOf, type Loadable } from '../model/loadable';
import type { Listing, Run } from '../model/run';
import type { Selection } from '../state/selection';
import { gradientTable, type GradientTable } from './gradients';
import { lossPairOf } from './losses';
import { placeOf } from './place';

/** The gradients of the chosen run, which needs no maps to have some. */
export interface RunGradients {
  readonly run: Run | null;
  /** null where the run logs none. */
  readonly loaded: Loadable<Gradients> | null;
  /** null while there is nothing to show. */
  readonly table: GradientTable | null;
}

export function gradientsOfRun(
  listing: Listing | undefined,
  selection: Selection,
  library: Library,
  place: GradientPlace,
): RunGradients {
  const run = listing ? placeOf(listing, selection.run, selection.layer).run : null;
  const ask = run && gradientsAsk(run);
  const loaded = ask && library.gradients.peek(ask);
  const losses = run ? (valueOf(lossPairOf(library, run)) ?? null) : null;
  const gradients = valueOf(loaded);
  return { run, loaded, table: gradients ? gradientTable(gradients, place, losses) : null };
}
