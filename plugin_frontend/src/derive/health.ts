import { COLUMNS, statisticOf, type Statistics, type StatisticsAt } from '../model/statistics';
import { memoisedBy } from './memo';
import { indexAt } from './steps';

/** A map is inactive when at least so much of it is zero. */
const INACTIVE_SHARE = 0.999;
/** A map is constant when it varies by less than this share of its largest value. */
const CONSTANT_SHARE = 1e-3;

const [MIN, MAX, STD, ZEROS, NONFINITE] = (
  ['min', 'max', 'std', 'zeros', 'nonfinite'] as const
).map((column) => COLUMNS.indexOf(column)) as [number, number, number, number, number];

/**
 * How a channel is: *inactive*, zero for this probe now; *dead*, zero for every probe and step
 * since; *constant*, another value all over; *notFinite*, with NaN or Inf in it.
 */
export type ChannelState = 'active' | Ill;

export type Health = Readonly<Record<Ill | 'channels', number>>;

/** Whether a channel is zero all over for a probe at one step. */
export function isInactive(at: StatisticsAt | undefined, probe: number, channel: number): boolean {
  if (!at || probe >= at.probes || channel >= at.channels) return false;
  return at.values[(probe * at.channels + channel) * COLUMNS.length + ZEROS]! >= INACTIVE_SHARE;
}

/** What can be the matter with a channel. */
export const ILLS = ['dead', 'inactive', 'constant', 'notFinite'] as const;
export type Ill = (typeof ILLS)[number];

const STATES = ['active', 'inactive', 'constant', 'notFinite'] as const;
const [ACTIVE, ZERO, CONSTANT, NOT_FINITE] = [0, 1, 2, 3] as const;

/** How each channel is for a probe at one step taken alone: places in `STATES`. */
const statesAt = memoisedBy((at: StatisticsAt, probe: number, spatial: boolean): Uint8Array => {
  const { values, channels } = at;
  const states = new Uint8Array(channels);
  for (let channel = 0; channel < channels && probe < at.probes; channel++) {
    const start = (probe * channels + channel) * COLUMNS.length;
    const reach = Math.max(Math.abs(values[start + MIN]!), Math.abs(values[start + MAX]!));
    if (values[start + NONFINITE]! > 0) states[channel] = NOT_FINITE;
    else if (values[start + ZEROS]! >= INACTIVE_SHARE) states[channel] = ZERO;
    else if (spatial && values[start + STD]! <= CONSTANT_SHARE * reach) states[channel] = CONSTANT;
  }
  return states;
});

/**
 * How a channel is at the step of an index.
 *
 * @param spatial whether its map has more than one value; one alone can't vary.
 */
export function channelState(
  statistics: Statistics,
  index: number,
  probe: number,
  channel: number,
  spatial: boolean,
): ChannelState {
  const at = statistics[index];
  const state = (at && STATES[statesAt(at, probe, spatial)[channel] ?? ACTIVE]) ?? 'active';
  return state === 'inactive' && index >= deadSince(statistics)[channel]! ? 'dead' : state;
}

/** How each channel of an order is at each step, and how many of its values are zero. */
export function healthCells(
  statistics: Statistics,
  order: readonly number[],
  probe: number,
  spatial: boolean,
): (row: number, index: number) => { readonly state: ChannelState; readonly zeros: number } {
  return (row, index) => ({
    state: channelState(statistics, index, probe, order[row]!, spatial),
    zeros: statisticOf(statistics[index], probe, order[row]!, 'zeros') ?? 0,
  });
}

/** For each channel the index of the first step since which it is dead; beyond the end if none. */
export const deadSince = memoisedBy((statistics: Statistics): Uint32Array => {
  const channels = statistics.at(-1)?.channels ?? 0;
  return Uint32Array.from({ length: channels }, (_, channel) => {
    let since = statistics.length;
    while (since > 0 && isInactiveForAll(statistics[since - 1]!, channel)) since--;
    return since;
  });
});

/** The channels in the order of their deaths, then those that live. */
export const deathOrder = memoisedBy((statistics: Statistics): readonly number[] => {
  const since = deadSince(statistics);
  return Array.from(since, (_, channel) => channel).sort((a, b) => since[a]! - since[b]! || a - b);
});

function isInactiveForAll(at: StatisticsAt, channel: number): boolean {
  for (let probe = 0; probe < at.probes; probe++) {
    if (!isInactive(at, probe, channel)) return false;
  }
  return at.probes > 0;
}

/** How many channels of a layer are in which state at each step, for one probe. */
export interface HealthCurve {
  readonly steps: readonly number[];
  /** uint32 `[steps]` */
  readonly channels: Uint32Array;
  /** uint32 `[steps]` each */
  readonly counts: Readonly<Record<Ill, Uint32Array>>;
}

export const healthCurve = memoisedBy(
  (statistics: Statistics, probe: number, spatial: boolean): HealthCurve => {
    const counts = Object.fromEntries(
      ILLS.map((ill) => [ill, new Uint32Array(statistics.length)]),
    ) as Record<Ill, Uint32Array>;
    const since = deadSince(statistics);
    statistics.forEach((at, index) => {
      statesAt(at, probe, spatial).forEach((state, channel) => {
        if (state === ZERO) counts[index >= since[channel]! ? 'dead' : 'inactive'][index]!++;
        else if (state === CONSTANT) counts.constant[index]!++;
        else if (state === NOT_FINITE) counts.notFinite[index]!++;
      });
    });
    const channels = Uint32Array.from(statistics, (at) => at.channels);
    return { steps: statistics.map(({ step }) => step), channels, counts };
  },
);

/** How many channels of a probe are in which state at a step; null without statistics of it. */
export const healthOf = memoisedBy(
  (statistics: Statistics, step: number, probe: number, spatial: boolean): Health | null => {
    const index = indexAt(statistics, step);
    if (index < 0) return null;
    const { counts, channels } = healthCurve(statistics, probe, spatial);
    const counted = Object.fromEntries(ILLS.map((ill) => [ill, counts[ill][index]!]));
    return { ...(counted as Record<Ill, number>), channels: channels[index]! };
  },
);
