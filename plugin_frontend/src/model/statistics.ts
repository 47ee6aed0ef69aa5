import type { Item } from './series';

export const COLUMNS = ['min', 'max', 'mean', 'std', 'zeros', 'nonfinite'] as const;
export type Column = (typeof COLUMNS)[number];

/** A layer's channel statistics at one step. */
export interface StatisticsAt extends Item {
  readonly probes: number;
  readonly channels: number;
  /** float32 `[probes, channels, 6]` in the order of `COLUMNS`. */
  readonly values: Float32Array;
}

/** A layer's channel statistics, in the order of their steps. */
export type Statistics = readonly StatisticsAt[];

/** One statistic of one channel for one probe; null where it was not logged. */
export function statisticOf(
  at: StatisticsAt | undefined,
  probe: number,
  channel: number,
  column: Column,
): number | null {
  if (!at || probe >= at.probes || channel >= at.channels) return null;
  const index = (probe * at.channels + channel) * COLUMNS.length + COLUMNS.indexOf(column);
  return at.values[index] ?? null;
}
