import type { AtlasScale, Range } from '../model/picture';

/** The largest grey level. */
export const TOP_LEVEL = 255;

/** The value that a grey level of a channel stands for. */
export function levelValue(scale: AtlasScale, channel: number, level: number): number {
  const share = level / TOP_LEVEL;
  return (scale.lo[channel] ?? 0) * (1 - share) + (scale.hi[channel] ?? 0) * share;
}

/** How far the true value can lie from that of its level: half a level, and what else is unknown. */
export function levelUncertainty({ lo, hi, error }: AtlasScale, channel: number): number {
  return (
    (hi[channel] ?? 0) / 2 / TOP_LEVEL -
    (lo[channel] ?? 0) / 2 / TOP_LEVEL +
    (error?.[channel] ?? 0)
  );
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

/** Whether a range is the one that the channel's grey levels span. */
export function isOwnRange(scale: AtlasScale, channel: number, range: Range): boolean {
  return scale.lo[channel] === range.low && scale.hi[channel] === range.high;
}

/** For each grey level of a channel, which of the 256 colours it has in a range. */
export function levelTable(scale: AtlasScale, channel: number, range: Range): Uint8Array {
  const table = new Uint8Array(TOP_LEVEL + 1);
  const own = isOwnRange(scale, channel, range);
  const span = range.high - range.low;
  for (let level = 0; level <= TOP_LEVEL; level++) {
    if (own) {
      table[level] = level;
    } else if (span > 0) {
      const share = (levelValue(scale, channel, level) - range.low) / span;
      table[level] = Math.max(0, Math.min(TOP_LEVEL, Math.round(share * TOP_LEVEL)));
    }
  }
  return table;
}
