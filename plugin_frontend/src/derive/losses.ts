import { lossesAsk } from '../data/asks';
import type { Library } from '../data/library';
import { LOADING, valueOf, type Loadable } from '../model/loadable';
import type { Losses } from '../model/loss';
import type { Run } from '../model/run';
import { memoised, memoisedList } from './memo';

/** The losses of a run, and those of the run that validates it where there is one. */
export interface LossPair {
  readonly train: Losses;
  readonly validation: Losses | null;
}

const makePair = memoised(
  (train: Loadable<Losses>, validation: Loadable<Losses> | null): Loadable<LossPair> => {
    if (train.status !== 'ready') return train;
    if (validation?.status === 'loading') return LOADING;
    const other = validation?.status === 'ready' ? validation : null;
    const failed = validation?.status === 'failed' ? validation.message : null;
    return {
      status: 'ready',
      value: { train: train.value, validation: other?.value ?? null },
      problem: train.problem ?? other?.problem ?? failed,
    };
  },
);

/** null where the run logs none. */
export function lossPairOf(library: Library, run: Run): Loadable<LossPair> | null {
  if (!run.hasLosses) return null;
  const { validationRun } = run;
  return makePair(
    library.losses.peek(lossesAsk(run.name, run)),
    validationRun === null ? null : library.losses.peek(lossesAsk(validationRun, run)),
  );
}

const sameList = memoisedList<LossPair>();

/** Whether those of some of the runs are still to come. */
export function lossesAreLoading(library: Library, runs: readonly Run[]): boolean {
  return runs.some((run) => lossPairOf(library, run)?.status === 'loading');
}

/** The names of runs whose losses could not be read. */
export function unreadLosses(library: Library, runs: readonly Run[]): readonly string[] {
  const isUnread = (run: Run) => lossPairOf(library, run)?.status === 'failed';
  return runs.filter(isUnread).map(({ name }) => name);
}

/** The losses of those runs that are there, in the order of the runs. */
export function lossPairsOf(library: Library, runs: readonly Run[]): readonly LossPair[] {
  return sameList(runs.flatMap((run) => valueOf(lossPairOf(library, run)) ?? []));
}
