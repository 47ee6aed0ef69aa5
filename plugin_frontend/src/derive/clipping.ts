import type { Picture, Range } from '../model/picture';
import { TOP_LEVEL, layerRange, levelValue } from '../render/levels';
import { tileCorner } from '../render/tiles';
import { memoisedBy } from './memo';

/** Into so many classes the values of a layer are counted: quantiles are that exact. */
const CLASSES = 4096;

/** How often each grey level occurs in a channel's map. */
const levelCounts = memoisedBy((picture: Picture): readonly Uint32Array[] => {
  const { channels, tileHeight, tileWidth } = picture.scale;
  return Array.from({ length: channels }, (_, channel) => {
    const counts = new Uint32Array(TOP_LEVEL + 1);
    const { left, top } = tileCorner(picture.scale, channel);
    for (let row = 0; row < tileHeight; row++) {
      const start = (top + row) * picture.width + left;
      for (let at = start; at < start + tileWidth; at++) counts[picture.levels[at]!]!++;
    }
    return counts;
  });
});

/**
 * The range of a channel's values without the smallest and the largest ones.
 *
 * @param share of the values that is cut off at either end, 0 to below 0.5.
 */
export function clippedChannelRange(picture: Picture, channel: number, share: number): Range {
  const counts = levelCounts(picture)[channel];
  const [low, high] = counts ? quantiles(counts, share) : [0, TOP_LEVEL];
  return {
    low: levelValue(picture.scale, channel, low),
    high: levelValue(picture.scale, channel, high),
  };
}

/** The same over all channels of a layer. */
export const clippedLayerRange = memoisedBy(
  (picture: Picture, share: number, leftOut: readonly number[] = []): Range => {
    const whole = layerRange(picture.scale, leftOut);
    const span = whole.high - whole.low;
    if (!(span > 0)) return whole;
    const without = new Set(leftOut);
    const classes = new Uint32Array(CLASSES);
    levelCounts(picture).forEach((counts, channel) => {
      if (without.has(channel)) return;
      counts.forEach((count, level) => {
        if (!count) return;
        const place = (levelValue(picture.scale, channel, level) - whole.low) / span;
        classes[Math.round(place * (CLASSES - 1))]! += count;
      });
    });
    const [low, high] = quantiles(classes, share);
    const valueOf = (index: number) => whole.low + (span * index) / (CLASSES - 1);
    return { low: valueOf(low), high: valueOf(high) };
  },
);

/** The classes between which all but a share at either end lie; all of them where one is left. */
function quantiles(counts: Uint32Array, share: number): [number, number] {
  const cut = share * counts.reduce((sum, count) => sum + count, 0);
  const low = firstBeyond(counts, cut, 0, 1);
  const high = firstBeyond(counts, cut, counts.length - 1, -1);
  return low < high ? [low, high] : [0, counts.length - 1];
}

function firstBeyond(counts: Uint32Array, cut: number, start: number, by: 1 | -1): number {
  let sum = 0;
  for (let index = start; index >= 0 && index < counts.length; index += by) {
    sum += counts[index]!;
    if (sum > cut) return index;
  }
  return start;
}
