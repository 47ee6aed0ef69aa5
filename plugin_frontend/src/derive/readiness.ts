import { valueOf, type Loadable } from '../model/loadable';
import type { Network } from './network';
import { paneOf, type Pane, type Panes } from './panes';

const LOADING = 'Loading …';

/** Why what is loaded can't be used; null where it can. */
function whyNot(loaded: Loadable<unknown> | null): string | null {
  if (loaded?.status === 'loading') return LOADING;
  return loaded?.status === 'failed' ? loaded.message : null;
}

/**
 * Why the maps can't be taken away as they are meant to be seen: with those of the second pane if
 * they will ever be there, and in an order and with ranges that their statistics tell.
 *
 * @param byImportance whether channels stand in the order of their gradients.
 */
export function whyNoMaps({ first, second }: Panes, byImportance: boolean): string | null {
  const pane = paneOf(first);
  if (!pane) return first && 'problem' in first ? first.problem : 'There are no maps.';
  const parts: (Loadable<unknown> | null)[] = [pane, paneOf(second)].flatMap((side) =>
    side ? [side.picture, side.statistics] : [],
  );
  if (byImportance) parts.push(pane.gradients);
  const own = whyNot(pane.picture);
  return own ?? (parts.some((part) => part?.status === 'loading') ? LOADING : null);
}

/** Why there is no picture of the network as a whole; a part would call layers unknown that aren't. */
export function whyNoNetwork({ rows, steps }: Network): string | null {
  if (rows.some(({ isLoading }) => isLoading)) return LOADING;
  return steps.length ? null : (rows[0]?.problem ?? 'Nothing was captured.');
}

/** Why there is no picture of a layer's health. */
export function whyNoHealth({ statistics }: Pane): string | null {
  if (!statistics) return 'No statistics were logged.';
  return whyNot(statistics) ?? (valueOf(statistics)?.items.length ? null : 'Nothing was captured.');
}
