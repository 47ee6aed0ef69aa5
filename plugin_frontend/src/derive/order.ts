import { valueOf } from '../model/loadable';
import type { StatisticsAt } from '../model/statistics';
import type { Look } from '../state/look';
import type { ProbePoint } from '../state/selection';
import { channelOrder, statisticsBefore } from './channel_order';
import { isInactive } from './health';
import { importanceOf, importanceOrder } from './importance';
import { memoisedBy } from './memo';
import { valuelessChannels } from './not_finite';
import { paneOf, type Pane, type Panes } from './panes';
import { cellAt, strongestAt } from './pixel';
import { isSpatial } from './place';
import { rangesOf, type RangeOf } from './ranges';
import { indexAt } from './steps';

const NONE: readonly number[] = [];

/** The statistics of a pane's capture; undefined where they are not known. */
export function statisticsOfPane({ statistics, capture }: Pane): StatisticsAt | undefined {
  const items = valueOf(statistics)?.items;
  return items && capture ? items[indexAt(items, capture.step)] : undefined;
}

/**
 * The channel of each cell, the same in all panes, by the first one's statistics. “Change” is that
 * between the panes, or since the capture before where nothing is compared.
 *
 * @param point of the probe whose strongest channels come first, in a layer that has places.
 */
export function orderOf(panes: Panes, look: Look, point: ProbePoint | null): readonly number[] {
  const { top } = look;
  const order = wholeOrder(panes, look, point);
  return top === null || top >= order.length ? order : firstOf(order, top);
}

const firstOf = memoisedBy((order: readonly number[], count: number) => order.slice(0, count));

function wholeOrder(panes: Panes, look: Look, point: ProbePoint | null): readonly number[] {
  const [first, second] = [paneOf(panes.first), paneOf(panes.second)];
  const picture = valueOf(first?.picture) ?? valueOf(second?.picture);
  if (!first || !picture) return NONE;
  const at = statisticsOfPane(first);
  if (point && isSpatial(first.layer)) {
    const { row, column } = cellAt(picture.scale, point);
    const strongest = strongestAt(picture, row, column);
    return look.hideInactive ? activeOf(strongest, at, first.probe) : strongest;
  }
  const items = valueOf(first.statistics)?.items ?? [];
  const from = second ? statisticsOfPane(second) : statisticsBefore(items, at);
  const { channels } = picture.scale;
  const needed = look.hideInactive ? at : undefined;
  if (look.sort === 'importance') {
    const importance = importanceOf(first, look.sortTerm);
    if (typeof importance !== 'string') {
      return importanceOrder(importance, channels, needed, first.probe, look.hideInactive);
    }
  }
  const sort = look.sort === 'importance' ? 'index' : look.sort;
  return channelOrder(
    channels,
    sort === 'index' ? needed : at,
    first.probe,
    sort === 'change' ? from : undefined,
    second?.probe ?? first.probe,
    sort,
    look.hideInactive,
  );
}

const activeOf = memoisedBy(
  (order: readonly number[], at: StatisticsAt | undefined, probe: number) =>
    order.filter((channel) => !isInactive(at, probe, channel)),
);

/** The ranges that the colours of all panes share. */
export function rangesOfPanes(panes: Panes, look: Look): RangeOf {
  const spans = [paneOf(panes.first), paneOf(panes.second)].flatMap((pane) => {
    const picture = valueOf(pane?.picture);
    if (!pane || !picture) return [];
    const at = statisticsOfPane(pane);
    const valueless = at ? valuelessChannels(at, pane.probe) : NONE;
    return [{ picture, statistics: valueOf(pane.statistics)?.items, probe: pane.probe, valueless }];
  });
  const { scaling, clip, rangeLow: low, rangeHigh: high } = look;
  return rangesOf(spans, { scaling, symmetric: look.colormap === 'diverging', clip, low, high });
}
