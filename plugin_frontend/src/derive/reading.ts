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
export function readValue(pane: Pane | null, { channel, row, column }: Place): string {
  const picture = valueOf(pane?.picture);
  if (!pane || !picture) return '–';
  const level = levelAt(picture, channel, row, column);
  if (level === null) return '–';
  const value = levelValue(picture.scale, channel, level);
  const text = formatMeasured(value, levelUncertainty(picture.scale, channel));
  return mayBeNoNumber(statisticsOfPane(pane), pane.probe, channel, level)
    ? `${text} or not finite`
    : text;
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
