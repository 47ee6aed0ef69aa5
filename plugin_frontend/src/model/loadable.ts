/** A value that comes from elsewhere, in each state that a view can meet it in. */
export type Loadable<Value> =
  | { readonly status: 'loading' }
  | {
      readonly status: 'ready';
      readonly value: Value;
      /** Why it could not be brought up to date; null when it was. */
      readonly problem: string | null;
    }
  | { readonly status: 'failed'; readonly message: string };

export const LOADING: Loadable<never> = { status: 'loading' };

export function valueOf<Value>(loadable: Loadable<Value> | null | undefined): Value | undefined {
  return loadable?.status === 'ready' ? loadable.value : undefined;
}

/** What went wrong with it, if anything did. */
export function problemOf(loadable: Loadable<unknown> | null | undefined): string | null {
  if (loadable?.status === 'failed') return loadable.message;
  return loadable?.status === 'ready' ? loadable.problem : null;
}
