import type { AtlasScale, Range } from '../model/picture';

type Ends = { readonly [End in 'lo' | 'hi']: ArrayLike<number> };

/** The largest grey level. */
export const TOP_LEVEL = 255;

/** The value that a grey level of a channel stands for. */
export function levelValue(scale: AtlasScale, channel: number, level: number): number {
  return valueAt(scale.lo[channel] ?? 0, scale.hi[channel] ?? 0, level);
}

/** How far the true value can lie from that of its level: half a level, and what else is unknown. */
export function levelUncertainty({ lo, hi, error }: AtlasScale, channel: number): number {
  return (
    (hi[channel] ?? 0) / 2 / TOP_LEVEL -
    (lo[channel] ?? 0) / 2 / TOP_LEVEL +
    (error?.[channel] ?? 0)
  );
}

/** The range over all channels of one picture, but for those that are left out. */
export function layerRange(scale: AtlasScale, leftOut: readonly number[] = []): Range {
  const without = new Set(leftOut);
  let low = Infinity;
  let high = -Infinity;
  for (let channel = 0; channel < scale.channels; channel++) {
    if (without.has(channel)) continue;
    low = Math.min(low, scale.lo[channel]!);
    high = Math.max(high, scale.hi[channel]!);
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Whether a range is the one that the channel's grey levels span. */
export function isOwnRange(scale: Ends, channel: number, range: Range): boolean {
  return scale.lo[channel] === range.low && scale.hi[channel] === range.high;
}

/**
 * For each grey level of a channel, which of the 256 colours it has in a range.
 *
 * @param table is written to and returned: a layer has many channels.
 */
export function levelTable(
  scale: Ends,
  channel: number,
  range: Range,
  table = new Uint8Array(TOP_LEVEL + 1),
): Uint8Array {
  if (isOwnRange(scale, channel, range)) {
    for (let level = 0; level <= TOP_LEVEL; level++) table[level] = level;
    return table;
  }
  const { low, high } = range;
  const span = high - low;
  if (!(span > 0)) return table.fill(0);
  const [lo, hi] = [scale.lo[channel] ?? 0, scale.hi[channel] ?? 0];
  for (let level = 0; level <= TOP_LEVEL; level++) {
    const place = TOP_LEVEL * ((valueAt(lo, hi, level) - low) / span);
    table[level] = place <= 0 ? 0 : place >= TOP_LEVEL ? TOP_LEVEL : place + 0.5;
  }
  // Of finite values that are all the same none has the top level: there it is infinity's.
  if (lo === hi) table[TOP_LEVEL] = TOP_LEVEL;
  return table;
}

function valueAt(lo: number, hi: number, level: number): number {
  const share = level / TOP_LEVEL;
  return lo * (1 - share) + hi * share;
}
