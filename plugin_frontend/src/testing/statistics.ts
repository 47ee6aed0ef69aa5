import type { Statistics, StatisticsAt } from '../model/statistics';

/** One channel for one probe: min, max, mean, std, share of zeros, share of not finite values. */
export type Row = readonly [number, number, number, number, number, number];

export const ACTIVE: Row = [0, 1, 0.5, 0.1, 0.2, 0];
export const ZERO: Row = [0, 0, 0, 0, 1, 0];
export const CONSTANT: Row = [0.999, 1, 1, 0.0005, 0, 0];
export const BROKEN: Row = [NaN, NaN, NaN, NaN, 0, 1];

/** Statistics at a step: for each probe its channels. */
export function statisticsAt(step: number, ...probes: readonly (readonly Row[])[]): StatisticsAt {
  return {
    ...{ step, wallTime: step, probes: probes.length, channels: probes[0]?.length ?? 0 },
    values: Float32Array.from(probes.flat(2)),
  };
}

/** Statistics of one channel for one probe, a row for each step 0, 10, 20 … */
export function overSteps(...rows: readonly Row[]): Statistics {
  return rows.map((row, index) => statisticsAt(10 * index, [row]));
}

/** A row with this mean and deviation. */
export function measured(mean: number, std: number): Row {
  return [mean - std, mean + std, mean, std, 0, 0];
}

/** A row of values between two. */
export function spanning(low: number, high: number): Row {
  return [low, high, (low + high) / 2, 0, 0, 0];
}
