import {
  aggregateLabel,
  isAggregate,
  topCount,
  type Aggregate,
  type MapId,
} from '../model/aggregate';
import { problemOf, valueOf, type Loadable } from '../model/loadable';
import type { Picture } from '../model/picture';
import type { Layer } from '../model/run';
import { statisticOf } from '../model/statistics';
import { aggregate, aggregatePicture, type AggregateMap } from '../render/aggregate';
import type { Look } from '../state/look';
import { memoised, memoisedBy } from './memo';
import { notFiniteChannels } from './not_finite';
import { rangesOfPanes, statisticsOfPane } from './order';
import { paneOf, type Pane, type Panes, type Slot } from './panes';
import { isSpatial } from './place';
import type { RangeOf } from './ranges';

/** Why there are no maps over a layer's channels; null where there are. */
export function aggregateProblem(layer: Layer): string | null {
  if (isSpatial(layer)) return null;
  return 'Each channel of this layer is one value: there is no map over its channels.';
}

const NONE: readonly number[] = [];

/** The channels that are left out of a pane's maps over channels. */
export function leftOutOf(pane: Pane): readonly number[] {
  const at = statisticsOfPane(pane);
  return at ? notFiniteChannels(at, pane.probe) : NONE;
}

/** Why it isn't known which channels to leave out; null while it is, or will be. */
export function whyNotLeftOut({ statistics }: Pane): string | null {
  if (statistics && statistics.status !== 'failed') return null;
  return 'Channels with NaN or Inf are not left out: there are no statistics that tell which they are';
}

const mapOf = memoisedBy(
  (picture: Picture, kind: Aggregate, leftOut: readonly number[]): AggregateMap | null =>
    aggregate(picture, kind, leftOut),
);

/** A pane's channels joined into one map; null while they are not known. */
export function aggregateOf(pane: Pane, kind: Aggregate): AggregateMap | null {
  const picture = valueOf(pane.picture);
  return picture ? mapOf(picture, kind, leftOutOf(pane)) : null;
}

const readyPicture = memoisedBy((map: AggregateMap): Loadable<Picture> => ({
  ...{ status: 'ready', value: aggregatePicture(map), problem: null },
}));
const noChannels: Loadable<Picture> = {
  status: 'failed',
  message: 'No channel has finite values only.',
};
const makePane = memoised((pane: Pane, picture: Loadable<Picture>): Pane => ({
  ...{ ...pane, picture, statistics: null },
}));

/** A pane whose one channel is that map, so that it can be shown as a channel is. */
export function aggregatePane(pane: Pane, kind: Aggregate): Pane {
  if (pane.picture.status !== 'ready') return makePane(pane, pane.picture);
  const map = aggregateOf(pane, kind);
  return makePane(pane, map ? readyPicture(map) : noChannels);
}

/** The same for both panes. */
export function aggregatePanes({ first, second }: Panes, kind: Aggregate): Panes {
  const slot = (side: Slot | null): Slot | null => {
    const pane = paneOf(side);
    return pane ? { pane: aggregatePane(pane, kind) } : side;
  };
  return { first: slot(first), second: slot(second) };
}

/** The map that is open, where the layer has it: a link can ask for one that it doesn't have. */
export function mapOfLayer(layer: Layer, id: MapId | null): MapId | null {
  if (isAggregate(id)) return isSpatial(layer) ? id : null;
  return id !== null && id < layer.channels ? id : null;
}

/** Whether a map has no value that a colour could stand for. */
export function isWithoutValues(pane: Pane, id: MapId): boolean {
  if (isAggregate(id)) return problemOf(aggregatePane(pane, id).picture) !== null;
  return statisticOf(statisticsOfPane(pane), pane.probe, id, 'nonfinite') === 1;
}

/** The range of a map's colours: over channels that of the layer or their own, shared by panes. */
export function rangesOfMap(panes: Panes, look: Look, id: MapId): RangeOf {
  if (!isAggregate(id) || look.scaling === 'layer') return rangesOfPanes(panes, look);
  return rangesOfPanes(aggregatePanes(panes, id), { ...look, scaling: 'channel' });
}

/** A map as a channel of a pane: where to find it. */
export function shownMap(pane: Pane, id: MapId): { readonly pane: Pane; readonly channel: number } {
  return isAggregate(id) ? { pane: aggregatePane(pane, id), channel: 0 } : { pane, channel: id };
}

/** What a map is, for headings. */
export function mapTitle(id: MapId): string {
  if (!isAggregate(id)) return `Channel ${id}`;
  const label = aggregateLabel(id);
  return `${label[0]!.toUpperCase()}${label.slice(1)} over channels`;
}

/** What a map is, for names of files. */
export function mapFileName(id: MapId): string {
  return isAggregate(id) ? id : `channel${id}`;
}

/** What a map of a pane is, for captions. */
export function mapCaption(pane: Pane, id: MapId): string {
  if (!isAggregate(id)) return `channel ${id}`;
  const count = aggregateOf(pane, id)?.channels.length ?? 0;
  if (topCount(id) === null) return `${id} over ${count} ${count === 1 ? 'channel' : 'channels'}`;
  return `mean of the ${count} channels with the largest mean`;
}
