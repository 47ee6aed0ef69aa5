import type { MapId } from '../model/aggregate';

/** What is shown beside the run and step of the cursor. */
export type Comparison =
  { readonly kind: 'step'; readonly step: number } | { readonly kind: 'run'; readonly run: string };

/**
 * What the middle shows: the maps at the cursor, all layers' health over the steps, a layer's, or
 * which term of the loss teaches which layer.
 */
export const VIEWS = ['maps', 'network', 'health', 'gradients'] as const;
export type View = (typeof VIEWS)[number];

export const SHEETS = ['layers', 'side'] as const;
export type Sheet = (typeof SHEETS)[number];

/** A point of the probe: shares of its width and height, from 0 to 1. */
export interface ProbePoint {
  readonly x: number;
  readonly y: number;
}

/** 0 is the pane of the cursor, 1 the one that it is compared with. */
export type PaneIndex = 0 | 1;

/** Where the user is. It holds what was asked for, also while that is not there (yet). */
export interface Selection {
  /** null until one is chosen: the first that has maps. */
  readonly run: string | null;
  /** Tag of the layer; null for the model's first. */
  readonly layer: string | null;
  /** A regular expression; the losses of the runs that match are drawn over each other. */
  readonly runFilter: string;
  readonly probe: number;
  /** The channel that is open, or the map made of all channels. */
  readonly channel: MapId | null;
  /** The point of the probe whose strongest channels come first; null for none. */
  readonly point: ProbePoint | null;
  /** The step cursor, any step. */
  readonly step: number | null;
  /** Whether the cursor stays on the newest step. */
  readonly following: boolean;
  readonly view: View;
  readonly comparison: Comparison | null;
  /** The pane that the panels beside the maps are of. */
  readonly pane: PaneIndex;
  /** The panel that lies over the view where there is no room beside it. */
  readonly sheet: Sheet | null;
}

export const START: Selection = {
  run: null,
  layer: null,
  runFilter: '',
  probe: 0,
  channel: null,
  point: null,
  step: null,
  following: true,
  view: 'maps',
  comparison: null,
  pane: 0,
  sheet: null,
};
