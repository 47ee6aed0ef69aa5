import type { Listing, Run } from '../model/run';
import type { Selection } from '../state/selection';
import { memoised } from './memo';
import { listedRuns, placeOf, runNamed } from './place';

/** The losses of so many runs are drawn over each other. */
export const MOST_OVERLAID = 24;

/**
 * Whether names match what is typed as TensorBoard's own list of runs matches them: a regular
 * expression, in any case, anywhere in the name; null where it is none.
 */
export const matcherOf = memoised((text: string): ((name: string) => boolean) | null => {
  try {
    const pattern = new RegExp(text, 'i');
    return (name) => pattern.test(name);
  } catch {
    return null;
  }
});

/** The listed runs whose names match; none where what is typed is no regular expression. */
export const matchingRuns = memoised((listing: Listing, text: string): readonly Run[] => {
  const matches = matcherOf(text);
  return matches ? listedRuns(listing).filter((run) => matches(run.name)) : [];
});

/** The chosen run, the one compared with it, and those that match what is typed. */
export const overlaidRuns = memoised((listing: Listing, selection: Selection): readonly Run[] => {
  const { run } = placeOf(listing, selection.run, selection.layer);
  const { comparison, runFilter } = selection;
  const other = comparison?.kind === 'run' ? runNamed(listing, comparison.run) : null;
  const matching = runFilter ? matchingRuns(listing, runFilter) : [];
  const all = [run, other, ...matching].filter((candidate) => candidate !== null);
  return [...new Set(all)].slice(0, MOST_OVERLAID);
});
