import type { AppState } from '../app_state';
import { toParameters, type Parameters } from './url';

/**
 * What an address holds of what is seen.
 *
 * @param following whether it leads to the newest step rather than to the one that is seen.
 */
export function addressOf(app: AppState, following = app.selection.value.following): Parameters {
  const selection = app.selection.value;
  const step = app.timeline?.cursor ?? selection.step;
  return toParameters({ selection: { ...selection, step, following }, look: app.look.value });
}
