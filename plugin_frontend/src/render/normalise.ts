import type { AtlasScale } from '../api/scale_chunk';

/** Which values the colours span: each channel's own, the layer's, or each channel's over all steps. */
export type Scaling = 'channel' | 'layer' | 'steps';
export const SCALINGS: readonly Scaling[] = ['channel', 'layer', 'steps'];

export interface Range {
  low: number;
  high: number;
}

/**
 * The range of values that the colours of one channel span.
 *
 * @param whole the layer's range, if it is to be that of several pictures.
 */
export function rangeOf(
  scale: AtlasScale,
  channel: number,
  scaling: Scaling,
  overSteps: Range[] | null,
  symmetric: boolean,
  whole: Range | null = null,
): Range {
  const range = plainRange(scale, channel, scaling, overSteps, whole);
  if (!symmetric) return range;
  const reach = Math.max(Math.abs(range.low), Math.abs(range.high));
  return { low: -reach, high: reach };
}

function plainRange(
  scale: AtlasScale,
  channel: number,
  scaling: Scaling,
  overSteps: Range[] | null,
  whole: Range | null,
): Range {
  const own = { low: scale.lo[channel] ?? 0, high: scale.hi[channel] ?? 0 };
  if (scaling === 'layer') return whole ?? layerRange(scale);
  if (scaling === 'steps') return overSteps?.[channel] ?? own;
  return own;
}

/** The range over all channels of one picture. */
export function layerRange(scale: AtlasScale): Range {
  let low = Infinity;
  let high = -Infinity;
  for (let channel = 0; channel < scale.channels; channel++) {
    low = Math.min(low, scale.lo[channel]!);
    high = Math.max(high, scale.hi[channel]!);
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** The value that a grey level of a channel stands for. */
export function valueOf(scale: AtlasScale, channel: number, level: number): number {
  const share = level / 255;
  return (scale.lo[channel] ?? 0) * (1 - share) + (scale.hi[channel] ?? 0) * share;
}

/** Whether a range is the one that the channel's grey levels span. */
export function isOwnRange(scale: AtlasScale, channel: number, range: Range): boolean {
  return scale.lo[channel] === range.low && scale.hi[channel] === range.high;
}

/** For each grey level of a channel, which of the 256 colours it has in a range. */
export function levelTable(scale: AtlasScale, channel: number, range: Range): Uint8Array {
  const table = new Uint8Array(256);
  const own = isOwnRange(scale, channel, range);
  const span = range.high - range.low;
  for (let level = 0; level < 256; level++) {
    if (own) {
      table[level] = level;
    } else if (span > 0) {
      const share = (valueOf(scale, channel, level) - range.low) / span;
      table[level] = Math.max(0, Math.min(255, Math.round(share * 255)));
    }
  }
  return table;
}
