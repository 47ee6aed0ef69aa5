import type { AtlasScale, Picture } from '../model/picture';
import { valueOf } from '../model/loadable';
import { TOP_LEVEL, levelValue } from '../render/levels';
import { tileCorner } from '../render/tiles';
import { formatStep } from './format';
import { memoised, memoisedBy } from './memo';
import { notFiniteChannels, valuelessChannels } from './not_finite';
import { statisticsOfPane } from './order';
import { leftToRight, paneOf, type Pane, type Panes } from './panes';
import { merged, rangesOf, rangesOverSteps, type RangeOf } from './ranges';
import type { Look } from '../state/look';

/**
 * The map of each channel in one picture less that in another, in the values' own unit; null where
 * the maps are of different sizes. Each channel's levels are spread around zero.
 *
 * @param unknown channels without a finite value in one of them: nothing differs there.
 */
export const differencePicture = memoisedBy(
  (from: Picture, to: Picture, unknown: readonly number[] = NONE): Picture | null => {
    const { channels, tileHeight, tileWidth, columns } = to.scale;
    if (!sameSize(from.scale, to.scale)) return null;
    const levels = new Uint8Array(to.levels.length);
    // A difference of two large float32 is none itself.
    const hi = new Float64Array(channels);
    const values = new Float64Array(tileHeight * tileWidth);
    const without = new Set(unknown);
    for (let channel = 0; channel < channels; channel++) {
      const reach = without.has(channel) ? 0 : subtract(from, to, channel, values);
      hi[channel] = reach;
      write(levels, to, channel, values, reach);
    }
    const scale = { channels, tileHeight, tileWidth, columns, lo: hi.map((reach) => -reach), hi };
    return { width: to.width, height: to.height, levels, scale };
  },
);

const NONE: readonly number[] = [];

function sameSize(a: AtlasScale, b: AtlasScale): boolean {
  const sizes = ['channels', 'tileHeight', 'tileWidth'] as const;
  return sizes.every((size) => a[size] === b[size]);
}

/** Fills in a channel's differences; returns the largest size of one. */
function subtract(from: Picture, to: Picture, channel: number, values: Float64Array): number {
  const [before, after] = [from, to].map(({ scale }) =>
    Float32Array.from({ length: TOP_LEVEL + 1 }, (_, level) => levelValue(scale, channel, level)),
  ) as [Float32Array, Float32Array];
  const [start, end] = [tileCorner(from.scale, channel), tileCorner(to.scale, channel)];
  const { tileHeight, tileWidth } = to.scale;
  let reach = 0;
  for (let row = 0, at = 0; row < tileHeight; row++) {
    const source = (start.top + row) * from.width + start.left;
    const target = (end.top + row) * to.width + end.left;
    for (let column = 0; column < tileWidth; column++, at++) {
      const value = after[to.levels[target + column]!]! - before[from.levels[source + column]!]!;
      values[at] = value;
      reach = Math.max(reach, Math.abs(value));
    }
  }
  return reach;
}

function write(
  levels: Uint8Array,
  { width, scale }: Picture,
  channel: number,
  values: Float64Array,
  reach: number,
): void {
  const { left, top } = tileCorner(scale, channel);
  const { tileHeight, tileWidth } = scale;
  for (let row = 0, at = 0; row < tileHeight; row++) {
    const start = (top + row) * width + left;
    for (let column = 0; column < tileWidth; column++, at++) {
      const share = reach > 0 ? values[at]! / reach : 0;
      levels[start + column] = Math.round(((share + 1) / 2) * TOP_LEVEL);
    }
  }
}

/** How far a channel's values can differ at all, as far as all steps tell; around zero. */
function reachOverSteps(panes: readonly Pane[]): RangeOf {
  const known = panes.flatMap(({ statistics, probe }) => {
    const items = valueOf(statistics)?.items;
    return items?.length ? [rangesOverSteps(items, probe)] : [];
  });
  return (channel) => {
    const { low, high } = merged(known.flatMap((ranges) => ranges[channel] ?? []));
    return { low: low - high, high: high - low };
  };
}

/** The right pane's maps less the left one's, and the ranges of their colours. */
export interface Difference {
  readonly left: Pane;
  readonly right: Pane;
  readonly picture: Picture;
  readonly ranges: RangeOf;
}

const make = memoised((left: Pane, right: Pane, picture: Picture, ranges: RangeOf): Difference => ({
  ...{ left, right, picture, ranges },
}));
const fixedRanges = memoised((left: Pane, right: Pane) => reachOverSteps([left, right]));

/** The difference that is to be shown; null while it can't be, a text where it never can. */
export function differenceOf(panes: Panes, look: Look): Difference | string | null {
  const [left, right] = leftToRight(panes).map(paneOf) as [Pane | null, Pane | null];
  const [from, to] = [valueOf(left?.picture), valueOf(right?.picture)];
  if (!left || !right || !from || !to) return null;
  const picture = differencePicture(from, to, inEither(left, right, valuelessChannels));
  if (!picture) return 'The maps are of different sizes, so that they can’t be subtracted.';
  const { scaling, clip } = look;
  const span = { picture, statistics: undefined, probe: right.probe };
  const ranging = { scaling, symmetric: true, clip, low: null, high: null };
  const fixed = scaling === 'steps' && hasStatistics(left) && hasStatistics(right);
  return make(left, right, picture, fixed ? fixedRanges(left, right) : rangesOf([span], ranging));
}

const joined = memoised((first: readonly number[], second: readonly number[]) => [
  ...new Set([...first, ...second]),
]);

function inEither(left: Pane, right: Pane, channelsOf: typeof notFiniteChannels) {
  const [first, second] = [left, right].map((pane) => {
    const at = statisticsOfPane(pane);
    return at ? channelsOf(at, pane.probe) : NONE;
  }) as [readonly number[], readonly number[]];
  return joined(first, second);
}

/** The channels with a value that is not finite in either pane: their differences say little. */
export function differenceNotFinite({ left, right }: Difference): readonly number[] {
  return inEither(left, right, notFiniteChannels);
}

function hasStatistics({ statistics }: Pane): boolean {
  return Boolean(valueOf(statistics)?.items.length);
}

/** Whose difference it is, as “step 400 − step 0”. */
export function differenceName({ left, right }: Pick<Difference, 'left' | 'right'>): string {
  const stepOf = ({ capture }: Pane) => `step ${capture ? formatStep(capture.step) : '–'}`;
  if (left.run === right.run) return `${stepOf(right)} − ${stepOf(left)}`;
  const [a, b] = [left.run.name, right.run.name];
  return `${b}, ${stepOf(right)} − ${a}, ${stepOf(left)}`;
}

/** The difference as a pane of its own, so that a grid can show it. */
export const differencePane = memoisedBy((difference: Difference): Pane => ({
  ...difference.right,
  index: 0,
  picture: { status: 'ready', value: difference.picture, problem: null },
  statistics: null,
}));

/** The difference where it is what is shown in the maps' place; null elsewhere. */
export function shownDifference(panes: Panes, look: Look): Difference | null {
  if (look.comparing !== 'difference' || !panes.second) return null;
  const difference = differenceOf(panes, look);
  return typeof difference === 'string' ? null : difference;
}
