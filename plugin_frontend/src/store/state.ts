import type { Picture } from '../api/picture';
import type { Frame } from '../render/film';
import type { Capture, HeadOutputs, Layer, Losses, Run, Stats } from '../api/types';
import type { ColormapName } from '../render/colormap';
import type { Scaling } from '../render/normalise';

export const SORT_ORDERS = ['index', 'mean', 'std', 'zeros', 'change'] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];
export const LOSS_VIEWS = ['separate', 'stacked'] as const;
export type LossView = (typeof LOSS_VIEWS)[number];
/** What the middle shows: the maps at the cursor, or the channels' health over all steps. */
export const VIEWS = ['maps', 'health'] as const;
export type View = (typeof VIEWS)[number];

/** What is shown beside the run and step of the cursor. */
export type Comparison = { kind: 'step'; step: number } | { kind: 'run'; run: string };

/** The second pane, as far as it has been fetched. */
export interface Compared {
  run: string;
  shown: Shown;
  stats: Stats | undefined;
}

/** A channel's maps over the steps, as far as they have been fetched. */
export interface Film {
  channel: number;
  frames: Frame[];
  complete: boolean;
}

/** The pixel of the channel that the pointer is on. */
export interface Pointed {
  channel: number;
  row: number;
  column: number;
}

/** The picture on screen and which capture it is of. */
export interface Shown {
  layer: string;
  probe: number;
  step: number;
  picture: Picture;
}

export interface State {
  loaded: boolean;
  error: string | null;
  messages: string[];
  runs: Run[];
  run: string | null;
  /** Tag of the chosen layer. */
  layer: string | null;
  probe: number;
  channel: number | null;
  /** Captures of the chosen layer, in the order of their steps. */
  captures: Capture[];
  /** The step cursor; one of the captures' steps. */
  step: number | null;
  /** Whether the cursor stays on the newest capture. */
  following: boolean;
  playing: boolean;
  shown: Shown | null;
  view: View;
  comparison: Comparison | null;
  compared: Compared | null;
  /** Why there is nothing to compare with. */
  comparisonProblem: string | null;
  film: Film | null;
  pointed: Pointed | null;
  overlay: boolean;
  probePictures: string[];
  /** Statistics of the run's layers by tag, as far as they have been fetched. */
  stats: Record<string, Stats>;
  outputs: HeadOutputs[];
  losses: Losses | null;
  colormap: ColormapName;
  scaling: Scaling;
  sort: SortOrder;
  hideDead: boolean;
  lossView: LossView;
  logScale: boolean;
  /** Weight of the past in the moving average that is drawn; 0 for none. */
  smoothing: number;
}

export function initialState(): State {
  return {
    loaded: false,
    error: null,
    messages: [],
    runs: [],
    run: null,
    layer: null,
    probe: 0,
    channel: null,
    captures: [],
    step: null,
    following: true,
    playing: false,
    shown: null,
    view: 'maps',
    comparison: null,
    compared: null,
    comparisonProblem: null,
    film: null,
    pointed: null,
    overlay: false,
    probePictures: [],
    stats: {},
    outputs: [],
    losses: null,
    colormap: 'viridis',
    scaling: 'channel',
    sort: 'index',
    hideDead: false,
    lossView: 'separate',
    logScale: false,
    smoothing: 0,
  };
}

/** The runs to choose from: validation runs are shown with the run that they belong to. */
export function listedRuns(state: State): Run[] {
  const shownElsewhere = new Set(state.runs.map((run) => run.validation_run));
  return state.runs.filter((run) => run.layers.length || !shownElsewhere.has(run.name));
}

export function currentRun(state: State): Run | undefined {
  return state.runs.find((run) => run.name === state.run);
}

export function currentLayer(state: State): Layer | undefined {
  return currentRun(state)?.layers.find((layer) => layer.tag === state.layer);
}

/** Position of the step cursor among the captures; -1 without one. */
export function captureIndex(state: State): number {
  return state.captures.findIndex((capture) => capture.step === state.step);
}
