import { createContext } from '@lit/context';
import type { AppState } from '../app_state';
import type { Host } from '../host/host';
import type { Actions } from '../state/actions';

/** What the views are of, what they can do, and where they stand. */
export interface Tab {
  readonly app: AppState;
  readonly actions: Actions;
  readonly host: Host;
}

export const tabContext = createContext<Tab>(Symbol('tab'));
