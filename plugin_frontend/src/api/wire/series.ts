import { DamagedError } from '../../model/failures';
import type { Capture } from '../../model/capture';
import { COLUMNS, type StatisticsAt } from '../../model/statistics';
import { arrayOf, type Framed } from '../decode/frame';
import type { ItemKey, SeriesAnswer } from '../source';

/** `/captures`. */
export interface WireCaptures {
  version: string;
  reset: boolean;
  kept: [number, number | null][] | null;
  all_kept: boolean;
  captures: { step: number; wall_time: number | null; blob_keys: string[] }[];
}

/** The header of `/statistics`. */
export interface WireStatistics {
  version: string;
  reset: boolean;
  kept: number | null;
  all_kept: boolean;
  columns: string[];
  messages: string[];
}

export function readCaptures(wire: WireCaptures): SeriesAnswer<Capture> {
  return {
    version: wire.version,
    reset: wire.reset,
    kept: wire.kept && wire.kept.map(([step, wallTime]) => [step, wallTime ?? NaN]),
    allKept: wire.all_kept,
    messages: [],
    items: wire.captures.map(({ step, wall_time, blob_keys }) => {
      const wallTime = wall_time ?? NaN;
      return { step, wallTime, pictures: blob_keys.map((blob) => ({ blob, wallTime })) };
    }),
  };
}

export function readStatistics(framed: Framed<WireStatistics>): SeriesAnswer<StatisticsAt> {
  const { header } = framed;
  if (header.columns.join() !== COLUMNS.join()) {
    throw new DamagedError(`Expected the statistics ${COLUMNS.join()}. Update tb_featuremaps.`);
  }
  const { values, shape } = arrayOf(framed, 'values', 4);
  const [, probes = 0, channels = 0, columns = 0] = shape;
  const size = probes * channels * columns;
  return {
    version: header.version,
    reset: header.reset,
    kept: keptOf(framed, header.kept, ''),
    allKept: header.all_kept,
    messages: header.messages,
    items: itemKeys(framed, '').map(([step, wallTime], index) => ({
      step,
      wallTime,
      probes,
      channels,
      values: values.subarray(index * size, (index + 1) * size) as Float32Array,
    })),
  };
}

/** The steps and wall times of what was sent; `prefix` as in `0/steps`. */
export function itemKeys(framed: Framed<unknown>, prefix: string): ItemKey[] {
  return pairs(framed, `${prefix}steps`, `${prefix}wall_times`);
}

/** Which items from before still stand; null for all. */
export function keptOf(
  framed: Framed<unknown>,
  kept: number | null,
  prefix: string,
): ItemKey[] | null {
  if (kept === null) return null;
  return pairs(framed, `${prefix}kept_steps`, `${prefix}kept_wall_times`);
}

function pairs(framed: Framed<unknown>, steps: string, times: string): ItemKey[] {
  const wallTimes = arrayOf(framed, times, 1).values;
  return Array.from(arrayOf(framed, steps, 1).values, (step, index) => [
    step,
    wallTimes[index] ?? NaN,
  ]);
}
