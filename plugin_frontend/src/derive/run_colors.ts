import type { Library } from '../data/library';
import { valueOf } from '../model/loadable';
import type { Listing } from '../model/run';
import { runColor } from '../render/palette';
import { memoised } from './memo';

/** The custom property of a run's colour; null for a run that TensorBoard does not list (yet). */
export type RunColors = (name: string) => string | null;

/**
 * In TensorBoard a run's colour is its place among all runs of the log directory.
 *
 * @param names all of them in TensorBoard's order.
 */
export const runColorsOf = memoised((names: readonly string[]): RunColors => {
  const places = new Map(names.map((name, index) => [name, index]));
  return (name) => {
    const place = places.get(name);
    return place === undefined ? null : runColor(place);
  };
});

const NO_NAMES: readonly string[] = [];

export function runColorsIn(library: Library, listing: Listing | undefined): RunColors {
  const names = listing && valueOf(library.runNames.peek(listing.version));
  return runColorsOf(names ?? NO_NAMES);
}
