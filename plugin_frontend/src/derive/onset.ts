import { valueOf } from '../model/loadable';
import type { Statistics } from '../model/statistics';
import { memoisedBy } from './memo';
import type { Pane } from './panes';
import { isSpatial } from './place';
import { selectiveSince, selectivityProblem } from './selectivity';

/** A channel that is selective for a probe, and the step since when. */
export interface Onset {
  readonly channel: number;
  readonly since: number;
}

/** The channels that are selective for a probe at the newest capture, by their onset. */
export const onsetsOf = memoisedBy((statistics: Statistics, probe: number): readonly Onset[] => {
  const channels = statistics.at(-1)?.channels ?? 0;
  const found = Array.from({ length: channels }, (_, channel) => {
    const since = selectiveSince(statistics, probe, channel);
    return since === null ? [] : { channel, since };
  });
  return found.flat().sort((a, b) => a.since - b.since || a.channel - b.channel);
});

/** The onsets in a pane, or why there are none. */
export function onsetsIn({ run, layer, statistics, probe }: Pane): readonly Onset[] | string {
  const spatial = isSpatial(layer);
  const problem = selectivityProblem(run.probes?.count ?? 1, spatial);
  if (problem !== null) return problem;
  const items = valueOf(statistics)?.items;
  if (!items?.length) return 'No statistics of this layer are known.';
  const onsets = onsetsOf(items, probe);
  return onsets.length ? onsets : 'No channel is selective for this probe at the newest step.';
}
