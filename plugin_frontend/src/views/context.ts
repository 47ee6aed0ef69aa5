import { createContext } from '@lit/context';
import type { AppState } from '../app_state';
import type { Actions } from '../state/actions';

/** What the views are of, and what they can do. */
export interface Tab {
  readonly app: AppState;
  readonly actions: Actions;
}

export const tabContext = createContext<Tab>(Symbol('tab'));
