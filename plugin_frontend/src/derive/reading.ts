import { valueOf } from '../model/loadable';
import { statisticOf, type StatisticsAt } from '../model/statistics';
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
  const text = formatMeasured(read.value, read.uncertainty);
  return read.unsure ? `${text} or not finite` : text;
}

/** How much larger a value is in one pane than in another, as far as both are known. */
export function readDifference(from: Pane, to: Pane, place: Place): string {
  const [before, after] = [valueAt(from, place), valueAt(to, place)];
  if (!before || !after) return '–';
  const text = formatMeasured(after.value - before.value, after.uncertainty + before.uncertainty);
  return before.unsure || after.unsure ? `${text} or not finite` : text;
}

function valueAt(pane: Pane, { channel, row, column }: Place) {
  const picture = valueOf(pane.picture);
  const level = picture && levelAt(picture, channel, row, column);
  if (!picture || level == null) return null;
  return {
    value: levelValue(picture.scale, channel, level),
    uncertainty: levelUncertainty(picture.scale, channel),
    unsure: mayBeNoNumber(statisticsOfPane(pane), pane.probe, channel, level),
  };
}

/** NaN and −Inf are stored as the lowest level, +Inf as the highest. */
function mayBeNoNumber(
  at: StatisticsAt | undefined,
  probe: number,
  channel: number,
  level: number,
): boolean {
  if (level !== 0 && level !== TOP_LEVEL) return false;
  return (statisticOf(at, probe, channel, 'nonfinite') ?? 0) > 0;
}

/** The channel's range and mean in a pane. */
export function readSummary(pane: Pane, channel: number): string {
  const picture = valueOf(pane.picture);
  if (!picture || channel >= picture.scale.channels) return '';
  const { lo, hi } = picture.scale;
  const mean = statisticOf(statisticsOfPane(pane), pane.probe, channel, 'mean');
  return `${formatValue(lo[channel])} … ${formatValue(hi[channel])} · mean ${formatValue(mean)}`;
}
