/** What is shown beside the run and step of the cursor. */
export type Comparison =
  { readonly kind: 'step'; readonly step: number } | { readonly kind: 'run'; readonly run: string };

/**
 * What the middle shows: the maps at the cursor, all layers' health over the steps, a layer's, or
 * which term of the loss teaches which layer.
 */
export const VIEWS = ['maps', 'network', 'health', 'gradients'] as const;
export type View = (typeof VIEWS)[number];

/** 0 is the pane of the cursor, 1 the one that it is compared with. */
export type PaneIndex = 0 | 1;

/** Where the user is. It holds what was asked for, also while that is not there (yet). */
export interface Selection {
  /** null until one is chosen: the first that has maps. */
  readonly run: string | null;
  /** Tag of the layer; null for the model's first. */
  readonly layer: string | null;
  readonly probe: number;
  readonly channel: number | null;
  /** The step cursor, any step. */
  readonly step: number | null;
  /** Whether the cursor stays on the newest step. */
  readonly following: boolean;
  readonly view: View;
  readonly comparison: Comparison | null;
  /** The pane that the panels beside the maps are of. */
  readonly pane: PaneIndex;
}

export const START: Selection = {
  run: null,
  layer: null,
  probe: 0,
  channel: null,
  step: null,
  following: true,
  view: 'maps',
  comparison: null,
  pane: 0,
};
