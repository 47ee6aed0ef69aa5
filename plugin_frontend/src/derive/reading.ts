import { valueOf } from '../model/loadable';
import { statisticOf } from '../model/statistics';
import { TOP_LEVEL, levelUncertainty, levelValue } from '../render/levels';
import { levelAt } from '../render/tiles';
import { formatMeasured, formatValue } from './format';
import { statisticsOfPane } from './order';
import type { Pane } from './panes';

/** A pixel of a channel's map. */
export interface Place {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** What is known of a value in a pane: eight bits of it, and whether it may be no number. */
export function readValue(pane: Pane | null, place: Place): string {
  const read = pane && valueAt(pane, place);
  if (!read) return '–';
  // NaN and −Inf are stored as the lowest level, +Inf as the highest.
  if (read.isInfinite) return '+Inf';
  if (read.share === 1) return 'NaN or −Inf';
  const text = formatMeasured(read.value, read.uncertainty);
  return read.unsure ? `${text} or not finite` : text;
}

/** What a difference is where one of its channels has no finite value. */
export const NOT_FINITE = 'not finite';

/** How much larger a value is in one pane than in another, as far as both are known. */
export function readDifference(from: Pane, to: Pane, place: Place): string {
  const [before, after] = [valueAt(from, place), valueAt(to, place)];
  if (!before || !after) return '–';
  if ([before, after].some(({ share, isInfinite }) => share === 1 || isInfinite)) return NOT_FINITE;
  const text = formatMeasured(after.value - before.value, after.uncertainty + before.uncertainty);
  return before.unsure || after.unsure ? `${text} or not finite` : text;
}

function valueAt(pane: Pane, { channel, row, column }: Place) {
  const picture = valueOf(pane.picture);
  const level = picture && levelAt(picture, channel, row, column);
  if (!picture || level == null) return null;
  const share = shareNotFinite(pane, channel);
  return {
    share,
    // Where all finite values are the same, none of them has the highest level.
    isInfinite: level === TOP_LEVEL && picture.scale.lo[channel] === picture.scale.hi[channel],
    value: levelValue(picture.scale, channel, level),
    uncertainty: levelUncertainty(picture.scale, channel),
    unsure: share > 0 && (level === 0 || level === TOP_LEVEL),
  };
}

function shareNotFinite(pane: Pane, channel: number): number {
  return statisticOf(statisticsOfPane(pane), pane.probe, channel, 'nonfinite') ?? 0;
}

/** The channel's range and mean in a pane. */
export function readSummary(pane: Pane, channel: number): string {
  const picture = valueOf(pane.picture);
  if (!picture || channel >= picture.scale.channels) return '';
  if (shareNotFinite(pane, channel) === 1) return 'no finite value';
  const { lo, hi } = picture.scale;
  const mean = statisticOf(statisticsOfPane(pane), pane.probe, channel, 'mean');
  return `${formatValue(lo[channel])} … ${formatValue(hi[channel])} · mean ${formatValue(mean)}`;
}
