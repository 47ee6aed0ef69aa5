import type { Library } from '../data/library';
import type { Listing, Run } from '../model/run';
import type { Selection } from '../state/selection';
import { paneOf, panesOf, type Pane } from './panes';
import { placeOf, runNamed } from './place';

/** The run of each pane; the second only where another run is compared. */
export function sideRuns(listing: Listing, selection: Selection): [Run | null, Run | null] {
  const { run } = placeOf(listing, selection.run, selection.layer);
  const { comparison } = selection;
  const other = comparison?.kind === 'run' ? runNamed(listing, comparison.run) : null;
  return [run, other];
}

/** The run that the panels beside the maps are of. */
export function sideRun(listing: Listing, selection: Selection): Run | null {
  const [first, second] = sideRuns(listing, selection);
  return selection.pane === 1 ? (second ?? first) : first;
}

/** The pane that the panels beside the maps are of. */
export function sidePane(listing: Listing, selection: Selection, library: Library): Pane | null {
  const { first, second } = panesOf(listing, selection, library);
  return (selection.pane === 1 ? paneOf(second) : null) ?? paneOf(first);
}
