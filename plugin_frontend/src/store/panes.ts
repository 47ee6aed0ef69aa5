import type { Picture } from '../api/picture';
import type { Stats } from '../api/types';
import { layerRange, rangeOf, type Range } from '../render/normalise';
import { channelOrder, rangesOverSteps } from './channels';
import type { Shown, State } from './state';

/** A grid of maps in the middle. */
export interface Pane {
  id: 'first' | 'second';
  run: string;
  shown: Shown;
  stats: Stats | undefined;
}

/** The panes that have a picture: that of the cursor, and the one it is compared with. */
export function panesOf(state: State): Pane[] {
  const { run, shown, layer, compared, comparison } = state;
  if (run === null || !shown || shown.layer !== layer) return [];
  const first: Pane = { id: 'first', run, shown, stats: state.stats[shown.layer] };
  if (!comparison || !compared) return [first];
  const stats = compared.stats ?? (compared.run === run ? first.stats : undefined);
  return [first, { id: 'second', run: compared.run, shown: compared.shown, stats }];
}

/** The channel of each cell, the same in all panes, by the first one's statistics. */
export function paneOrder(state: State, panes: Pane[]): number[] {
  const first = panes[0];
  if (!first) return [];
  const { step, probe, picture } = first.shown;
  const { channels } = picture.scale;
  return channelOrder(first.stats, step, probe, channels, state.sort, state.hideDead);
}

/** Finds the range of values that a channel's colours span; panes share it but for own scales. */
export function rangeFinder(
  state: State,
  panes: Pane[],
): (picture: Picture, channel: number) => Range {
  const { scaling, colormap } = state;
  const overSteps =
    scaling === 'steps'
      ? mergedLists(panes.map(({ stats, shown }) => rangesOverSteps(stats, shown.probe)))
      : null;
  const whole =
    scaling === 'layer' ? merged(panes.map((pane) => layerRange(pane.shown.picture.scale))) : null;
  return (picture, channel) =>
    rangeOf(picture.scale, channel, scaling, overSteps, colormap === 'diverging', whole);
}

function mergedLists(lists: (Range[] | null)[]): Range[] | null {
  const known = lists.filter((list) => list !== null);
  if (!known.length) return null;
  return known[0]!.map((_, channel) => merged(known.flatMap((list) => list[channel] ?? [])));
}

function merged(ranges: Range[]): Range {
  return {
    low: Math.min(...ranges.map((range) => range.low)),
    high: Math.max(...ranges.map((range) => range.high)),
  };
}
