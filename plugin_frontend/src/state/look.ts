import type { GradientPlace } from '../model/gradient';
import type { Ill } from '../derive/health';
import type { ColormapName } from '../render/colormap';

/** Which values the colours span: each channel's own, the layer's, or each channel's over all steps. */
export const SCALINGS = ['channel', 'layer', 'steps'] as const;
export type Scaling = (typeof SCALINGS)[number];
export const SORT_ORDERS = [
  'index',
  'mean',
  'std',
  'zeros',
  'change',
  'selective',
  'importance',
] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];
/** What share of the values the colours can leave out at either end. */
export const CLIPS = [0, 0.001, 0.01, 0.05] as const;
/** How compared maps are shown. */
export const COMPARINGS = ['beside', 'difference', 'swipe'] as const;
export type Comparing = (typeof COMPARINGS)[number];
export const LOSS_VIEWS = ['separate', 'stacked'] as const;
export type LossView = (typeof LOSS_VIEWS)[number];
/** What losses are drawn over: steps, time since the run began, or the clock's time. */
export const LOSS_AXES = ['step', 'relative', 'wall'] as const;
export type LossAxis = (typeof LOSS_AXES)[number];

/** How things are shown. */
export interface Look {
  readonly colormap: ColormapName;
  readonly scaling: Scaling;
  readonly sort: SortOrder;
  /** The term of the loss whose importance sorts; null for the main one. */
  readonly sortTerm: string | null;
  readonly hideInactive: boolean;
  /** How many channels of the order are shown; null for all. */
  readonly top: number | null;
  readonly overlay: boolean;
  /** The share of the values that the colours leave out at either end. */
  readonly clip: number;
  /** Ends of the colours that are set by hand; null for those of the values. */
  readonly rangeLow: number | null;
  readonly rangeHigh: number | null;
  readonly comparing: Comparing;
  /** Where the swipe between compared maps is: the share that is the left one's. */
  readonly swipe: number;
  /** What the picture of the network shows; null for the first ill that there is. */
  readonly ill: Ill | null;
  readonly gradientPlace: GradientPlace;
  readonly lossView: LossView;
  readonly lossAxis: LossAxis;
  /** The term that is drawn of all runs; null for all terms of one run. */
  readonly lossTerm: string | null;
  /** Ids of the curves that are hidden. */
  readonly hiddenCurves: readonly string[];
  readonly logScale: boolean;
  /** Weight of the past in the moving average that is drawn; 0 for none. */
  readonly smoothing: number;
  /** The class whose predictions are drawn over the steps; null for the probe's own, or what is predicted now. */
  readonly classIndex: number | null;
}

export const PLAIN: Look = {
  colormap: 'viridis',
  scaling: 'channel',
  sort: 'index',
  sortTerm: null,
  hideInactive: false,
  top: null,
  overlay: false,
  clip: 0,
  rangeLow: null,
  rangeHigh: null,
  comparing: 'beside',
  swipe: 0.5,
  ill: null,
  gradientPlace: 'activations',
  lossView: 'separate',
  lossAxis: 'step',
  lossTerm: null,
  hiddenCurves: [],
  logScale: false,
  smoothing: 0,
  classIndex: null,
};
