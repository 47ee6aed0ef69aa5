import { COLUMNS, type Statistics, type StatisticsAt } from '../model/statistics';
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
export type ChannelState = 'active' | 'inactive' | 'dead' | 'constant' | 'notFinite';

export type Health = Readonly<Record<Exclude<ChannelState, 'active'> | 'channels', number>>;

/** Whether a channel is zero all over for a probe at one step. */
export function isInactive(at: StatisticsAt | undefined, probe: number, channel: number): boolean {
  if (!at || probe >= at.probes || channel >= at.channels) return false;
  return at.values[(probe * at.channels + channel) * COLUMNS.length + ZEROS]! >= INACTIVE_SHARE;
}

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
  if (!at || probe >= at.probes || channel >= at.channels) return 'active';
  const { values } = at;
  const start = (probe * at.channels + channel) * COLUMNS.length;
  if (values[start + NONFINITE]! > 0) return 'notFinite';
  if (values[start + ZEROS]! >= INACTIVE_SHARE) {
    return index >= deadSince(statistics)[channel]! ? 'dead' : 'inactive';
  }
  const reach = Math.max(Math.abs(values[start + MIN]!), Math.abs(values[start + MAX]!));
  return spatial && values[start + STD]! <= CONSTANT_SHARE * reach ? 'constant' : 'active';
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

function isInactiveForAll(at: StatisticsAt, channel: number): boolean {
  for (let probe = 0; probe < at.probes; probe++) {
    if (!isInactive(at, probe, channel)) return false;
  }
  return at.probes > 0;
}

/** How many channels of a probe are in which state at a step; null without statistics of it. */
export const healthOf = memoisedBy(
  (statistics: Statistics, step: number, probe: number, spatial: boolean): Health | null => {
    const index = indexAt(statistics, step);
    const at = statistics[index];
    if (!at) return null;
    const counts = { inactive: 0, dead: 0, constant: 0, notFinite: 0, channels: at.channels };
    for (let channel = 0; channel < at.channels; channel++) {
      const state = channelState(statistics, index, probe, channel, spatial);
      if (state !== 'active') counts[state]++;
    }
    return counts;
  },
);
