import type { Stats } from '../api/types';
import type { Range } from '../render/normalise';
import type { SortOrder } from './state';

/** A channel counts as dead when at least so much of it is zero. */
export const DEAD_SHARE = 0.999;

const COLUMN = { min: 'min', max: 'max', mean: 'mean', std: 'std', zeros: 'zeros' } as const;

/** Statistics of one channel of one probe at one step; null where they are not known. */
export function statistic(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channel: number,
  column: string,
): number | null {
  const at = stats?.steps.find((one) => one.step === step);
  const position = stats?.columns.indexOf(column) ?? -1;
  if (!at || position < 0) return null;
  const [, channels = 0, columns = 0] = at.shape;
  return at.values[(probe * channels + channel) * columns + position] ?? null;
}

export interface Health {
  dead: number;
  notFinite: number;
  channels: number;
}

/** How many channels of a probe are dead or hold values that are not finite, at one step. */
export function healthOf(stats: Stats | undefined, step: number, probe: number): Health | null {
  const at = stats?.steps.find((one) => one.step === step);
  if (!at) return null;
  const channels = at.shape[1] ?? 0;
  const health = { dead: 0, notFinite: 0, channels };
  for (let channel = 0; channel < channels; channel++) {
    if (isDead(stats, step, probe, channel)) health.dead++;
    if ((statistic(stats, step, probe, channel, 'nonfinite') ?? 0) > 0) health.notFinite++;
  }
  return health;
}

export function isDead(
  stats: Stats | undefined,
  step: number,
  probe: number,
  channel: number,
): boolean {
  return (statistic(stats, step, probe, channel, COLUMN.zeros) ?? 0) >= DEAD_SHARE;
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
  const keys = order.map((channel) => {
    const key = statistic(stats, step, probe, channel, COLUMN[sort]);
    return key === null || Number.isNaN(key) ? -Infinity : key;
  });
  const key = new Map(order.map((channel, index) => [channel, keys[index]!]));
  return order.sort((a, b) => compare(key.get(b)!, key.get(a)!) || a - b);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Each channel's range of values over all steps, for one probe. */
export function rangesOverSteps(stats: Stats | undefined, probe: number): Range[] | null {
  if (!stats?.steps.length) return null;
  const channels = stats.steps[0]!.shape[1] ?? 0;
  return Array.from({ length: channels }, (_, channel) => {
    const range = { low: Infinity, high: -Infinity };
    for (const { step } of stats.steps) {
      const low = statistic(stats, step, probe, channel, COLUMN.min);
      const high = statistic(stats, step, probe, channel, COLUMN.max);
      if (low !== null && !Number.isNaN(low)) range.low = Math.min(range.low, low);
      if (high !== null && !Number.isNaN(high)) range.high = Math.max(range.high, high);
    }
    return range.low <= range.high ? range : { low: 0, high: 0 };
  });
}
