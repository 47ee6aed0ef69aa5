import { statisticOf, type Statistics, type StatisticsAt } from '../model/statistics';
import type { SortOrder } from '../state/look';
import { isInactive } from './health';
import { memoised } from './memo';
import { selectivityOf } from './selectivity';

/** Where a pane's statistics stand: those of its capture, and of the one before. */
export interface Standing {
  readonly at: StatisticsAt | undefined;
  readonly probe: number;
}

/** The channel of each cell of the grid; those without a number come last. */
export const channelOrder = memoised(
  (
    channels: number,
    at: StatisticsAt | undefined,
    probe: number,
    from: StatisticsAt | undefined,
    fromProbe: number,
    sort: Exclude<SortOrder, 'importance'>,
    hideInactive: boolean,
  ): readonly number[] => {
    let order = Array.from({ length: channels }, (_, channel) => channel);
    if (hideInactive) order = order.filter((channel) => !isInactive(at, probe, channel));
    if (sort === 'index') return order;
    const key = new Map(
      order.map((channel) => {
        const value =
          sort === 'change'
            ? changeBetween({ at: from, probe: fromProbe }, { at, probe }, channel)
            : sort === 'selective'
              ? selectivityOf(at, probe, channel)
              : statisticOf(at, probe, channel, sort);
        return [channel, value === null || Number.isNaN(value) ? -Infinity : value];
      }),
    );
    return order.sort((a, b) => compare(key.get(b)!, key.get(a)!) || a - b);
  },
);

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b; // -Infinity - -Infinity is NaN
}

/**
 * How much a channel's mean and deviation differ between two captures, as a share of its deviation
 * in both; null where one is not known.
 */
export function changeBetween(from: Standing, to: Standing, channel: number): number | null {
  const of = (standing: Standing, column: 'mean' | 'std') =>
    statisticOf(standing.at, standing.probe, channel, column);
  const [meanBefore, mean] = [of(from, 'mean'), of(to, 'mean')];
  const [deviationBefore, deviation] = [of(from, 'std'), of(to, 'std')];
  if (meanBefore === null || mean === null) return null;
  if (deviationBefore === null || deviation === null) return null;
  const change = Math.abs(mean - meanBefore) + Math.abs(deviation - deviationBefore);
  return change === 0 ? 0 : change / (deviation + deviationBefore || 1);
}

/** The statistics of the capture before one; undefined at the first. */
export function statisticsBefore(
  statistics: Statistics,
  at: StatisticsAt | undefined,
): StatisticsAt | undefined {
  return at && statistics[statistics.indexOf(at) - 1];
}
