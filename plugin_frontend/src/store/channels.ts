import type { Layer, Stats } from '../api/types';
import type { Range } from '../render/normalise';
import type { SortOrder } from './state';

/** A channel counts as dead when at least so much of it is zero. */
export const DEAD_SHARE = 0.999;
/** A map counts as saturated when it varies by less than this share of its largest value. */
export const SATURATED_SHARE = 1e-3;

type StatsAt = Stats['steps'][number];

const bySteps = new WeakMap<Stats, Map<number, StatsAt>>();
const healths = new WeakMap<StatsAt, Map<string, Health>>();
const overSteps = new WeakMap<Stats, Map<number, Range[]>>();

function at(stats: Stats | undefined, step: number): StatsAt | undefined {
  if (!stats) return undefined;
  let index = bySteps.get(stats);
  if (!index) {
    index = new Map(stats.steps.map((one) => [one.step, one]));
    bySteps.set(stats, index);
  }
  return index.get(step);
}

/** Statistics of one channel of one probe at one step; null where they are not known. */
export function statistic(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channel: number,
  column: string,
): number | null {
  const found = at(stats, step);
  const position = stats?.columns.indexOf(column) ?? -1;
  if (!found || position < 0) return null;
  const [, channels = 0, columns = 0] = found.shape;
  return found.values[(probe * channels + channel) * columns + position] ?? null;
}

export type ChannelState = 'active' | 'dead' | 'saturated' | 'notFinite';

/**
 * How a channel is at a step.
 *
 * @param spatial whether its map has more than one value; one alone can't vary.
 */
export function channelState(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channel: number,
  spatial: boolean,
): ChannelState {
  const of = (column: string) => statistic(stats, step, probe, channel, column) ?? 0;
  if (of('nonfinite') > 0) return 'notFinite';
  if (of('zeros') >= DEAD_SHARE) return 'dead';
  const reach = Math.max(Math.abs(of('min')), Math.abs(of('max')));
  return spatial && of('std') <= SATURATED_SHARE * reach ? 'saturated' : 'active';
}

/** Whether the layer's maps have more than one value. */
export function isSpatial(layer: Layer | undefined): boolean {
  if (!layer || layer.shape.length < 2) return false;
  const channelsFirst = layer.data_format === 'channels_first';
  const sizes = channelsFirst ? layer.shape.slice(1) : layer.shape.slice(0, -1);
  return sizes.some((size) => size !== 1);
}

export type Health = Record<Exclude<ChannelState, 'active'> | 'channels', number>;

/** How many channels of a probe are dead, saturated or not finite, at one step. */
export function healthOf(
  stats: Stats | undefined,
  step: number,
  probe: number,
  spatial = true,
): Health | null {
  const found = at(stats, step);
  if (!found) return null;
  let known = healths.get(found);
  if (!known) healths.set(found, (known = new Map<string, Health>()));
  const key = `${probe} ${spatial}`;
  let health = known.get(key);
  if (!health) known.set(key, (health = countHealth(stats, found, probe, spatial)));
  return health;
}

function countHealth(
  stats: Stats | undefined,
  found: StatsAt,
  probe: number,
  spatial: boolean,
): Health {
  const health: Health = { dead: 0, saturated: 0, notFinite: 0, channels: found.shape[1] ?? 0 };
  for (let channel = 0; channel < health.channels; channel++) {
    const state = channelState(stats, found.step, probe, channel, spatial);
    if (state !== 'active') health[state]++;
  }
  return health;
}

export function isDead(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channel: number,
): boolean {
  return (statistic(stats, step, probe, channel, 'zeros') ?? 0) >= DEAD_SHARE;
}

/** The channel of each cell of the grid. */
export function channelOrder(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channels: number,
  sort: SortOrder,
  hideDead: boolean,
): number[] {
  let order = Array.from({ length: channels }, (_, channel) => channel);
  if (hideDead) order = order.filter((channel) => !isDead(stats, step, probe, channel));
  if (sort === 'index') return order;
  const key = new Map(
    order.map((channel) => {
      const value =
        sort === 'change'
          ? changeAt(stats, step, probe, channel)
          : statistic(stats, step, probe, channel, sort);
      return [channel, value === null || Number.isNaN(value) ? -Infinity : value];
    }),
  );
  return order.sort((a, b) => compare(key.get(b)!, key.get(a)!) || a - b);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/**
 * How much a channel's mean and deviation changed since the capture before, as a share of its
 * deviation then and now; null at the first capture.
 */
export function changeAt(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channel: number,
): number | null {
  const found = at(stats, step);
  const before = found && stats!.steps[stats!.steps.indexOf(found) - 1];
  if (!before) return null;
  const both = (column: string) =>
    [step, before.step].map((one) => statistic(stats, one, probe, channel, column) ?? NaN);
  const [mean = NaN, meanBefore = NaN] = both('mean');
  const [deviation = NaN, deviationBefore = NaN] = both('std');
  const change = Math.abs(mean - meanBefore) + Math.abs(deviation - deviationBefore);
  return change === 0 ? 0 : change / (deviation + deviationBefore || 1);
}

/** Each channel's range of values over all steps, for one probe. */
export function rangesOverSteps(stats: Stats | undefined, probe: number): Range[] | null {
  if (!stats?.steps.length) return null;
  let known = overSteps.get(stats);
  if (!known) overSteps.set(stats, (known = new Map<number, Range[]>()));
  let ranges = known.get(probe);
  if (!ranges) known.set(probe, (ranges = findRanges(stats, probe)));
  return ranges;
}

function findRanges(stats: Stats, probe: number): Range[] {
  const channels = stats.steps[0]!.shape[1] ?? 0;
  return Array.from({ length: channels }, (_, channel) => {
    const range = { low: Infinity, high: -Infinity };
    for (const { step } of stats.steps) {
      const low = statistic(stats, step, probe, channel, 'min');
      const high = statistic(stats, step, probe, channel, 'max');
      if (low !== null && !Number.isNaN(low)) range.low = Math.min(range.low, low);
      if (high !== null && !Number.isNaN(high)) range.high = Math.max(range.high, high);
    }
    return range.low <= range.high ? range : { low: 0, high: 0 };
  });
}
