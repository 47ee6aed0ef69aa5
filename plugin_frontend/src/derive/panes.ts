import { capturesAsk, channelGradientsAsk, statisticsAsk } from '../data/asks';
import type { Library } from '../data/library';
import type { Capture } from '../model/capture';
import type { ChannelGradientsAt } from '../model/gradient';
import { LOADING, valueOf, type Loadable } from '../model/loadable';
import type { Picture } from '../model/picture';
import type { Layer, Listing, Run } from '../model/run';
import type { Series } from '../model/series';
import type { StatisticsAt } from '../model/statistics';
import type { PaneIndex, Selection } from '../state/selection';
import { memoised } from './memo';
import { noRun, placeOf, runNamed, shortened } from './place';
import { probeIn } from './probes';
import { nearestEntry } from './steps';

/** One grid of maps: whose it is, where its own cursor stands, and what is known of it. */
export interface Pane {
  readonly index: PaneIndex;
  readonly run: Run;
  readonly layer: Layer;
  /** The step that is asked for; null where there is none to ask for. */
  readonly cursor: number | null;
  readonly captures: Loadable<Series<Capture>>;
  /** The capture nearest to the cursor. */
  readonly capture: Capture | null;
  readonly probe: number;
  /** Whether the probe is another image than that of the first pane; null while not known. */
  readonly otherProbe: boolean | null;
  /** The picture of that capture and probe; no other is ever here. */
  readonly picture: Loadable<Picture>;
  /** null where the layer logs none. */
  readonly statistics: Loadable<Series<StatisticsAt>> | null;
  /** null where the layer logs none. They come only when they are asked for. */
  readonly gradients: Loadable<Series<ChannelGradientsAt>> | null;
}

/** The panes from left to right: of two steps of a run the older one is left. */
export function leftToRight({ first, second }: Panes): readonly [Slot | null, Slot | null] {
  const [own, other] = [paneOf(first), paneOf(second)];
  const isOlder =
    own?.capture &&
    other?.capture &&
    own.run === other.run &&
    other.capture.step < own.capture.step;
  return isOlder ? [second, first] : [first, second];
}

/** What stands in a pane's place: the pane, or why there is none. */
export type Slot = { readonly pane: Pane } | { readonly problem: string };

export interface Panes {
  /** null where the run has no maps. */
  readonly first: Slot | null;
  /** null where nothing is compared. */
  readonly second: Slot | null;
}

const makePane = memoised((...fields: PaneFields): Pane => {
  const [index, run, layer, cursor, captures, capture, probe, otherProbe, picture, ...tables] =
    fields;
  const [statistics, gradients] = tables;
  const own = { index, run, layer, cursor, captures, capture, probe, otherProbe, picture };
  return { ...own, statistics, gradients };
});

type PaneFields = [
  Pane['index'],
  Pane['run'],
  Pane['layer'],
  Pane['cursor'],
  Pane['captures'],
  Pane['capture'],
  Pane['probe'],
  Pane['otherProbe'],
  Pane['picture'],
  Pane['statistics'],
  Pane['gradients'],
];

const makeSlot = memoised((pane: Pane): Slot => ({ pane }));
const makeProblem = memoised((problem: string): Slot => ({ problem }));
const makePanes = memoised((first: Slot | null, second: Slot | null): Panes => ({ first, second }));

/** The panes that a selection asks for; the same object as long as nothing in them changes. */
export function panesOf(listing: Listing, selection: Selection, library: Library): Panes {
  const { run, layer, missing } = placeOf(listing, selection.run, selection.layer);
  if (missing !== null) return makePanes(makeProblem(missing), null);
  if (!run || !layer) return makePanes(null, null);
  const probes = run.probes?.count ?? 1;
  if (selection.probe >= probes) {
    const problem = `Probe ${selection.probe + 1} is not there: this run has ${probes}.`;
    return makePanes(makeProblem(problem), null);
  }
  const step = selection.following ? null : selection.step;
  const first = paneAt(library, 0, run, layer, step, selection.probe, false);
  return makePanes(makeSlot(first), secondSlot(listing, selection, library, first));
}

export function paneOf(slot: Slot | null): Pane | null {
  return slot && 'pane' in slot ? slot.pane : null;
}

function secondSlot(
  listing: Listing,
  selection: Selection,
  library: Library,
  first: Pane,
): Slot | null {
  const { comparison } = selection;
  if (!comparison) return null;
  if (comparison.kind === 'step') {
    const { run, layer, probe } = first;
    return makeSlot(paneAt(library, 1, run, layer, comparison.step, probe, false));
  }
  const run = runNamed(listing, comparison.run);
  if (!run) return makeProblem(noRun(comparison.run));
  const layer = run.layers.find((candidate) => candidate.name === first.layer.name);
  if (!layer) return makeProblem(`The other run has no layer ${shortened(first.layer.name)}.`);
  const { probe, other } = probeIn(library, first.run, first.probe, run);
  if (probe === null) return makeProblem('The other run has no such probe.');
  return makeSlot(paneAt(library, 1, run, layer, first.cursor, probe, other));
}

/** @param step that is asked for; null for the newest. */
function paneAt(
  library: Library,
  index: PaneIndex,
  run: Run,
  layer: Layer,
  step: number | null,
  probe: number,
  otherProbe: boolean | null,
): Pane {
  const captures = library.captures.peek(capturesAsk(run, layer));
  const items = valueOf(captures)?.items ?? [];
  const capture = nearestEntry(items, step ?? Infinity) ?? null;
  const key = capture?.pictures[probe];
  const picture = key ? library.pictures.peek(key) : pictureProblem(captures, capture);
  const ask = statisticsAsk(run, layer);
  const statistics = ask && library.statistics.peek(ask);
  const asked = channelGradientsAsk(run, layer);
  const gradients = asked && library.channelGradients.peek(asked);
  const cursor = step ?? capture?.step ?? null;
  return makePane(
    index,
    run,
    layer,
    cursor,
    captures,
    capture,
    probe,
    otherProbe,
    picture,
    statistics,
    gradients,
  );
}

const failure = memoised((message: string): Loadable<never> => ({ status: 'failed', message }));

/** Why there is no picture to ask for. */
function pictureProblem(
  captures: Loadable<Series<Capture>>,
  capture: Capture | null,
): Loadable<Picture> {
  if (captures.status === 'failed') return captures;
  if (captures.status === 'loading') return LOADING;
  return failure(
    capture ? 'This capture holds no picture of the probe.' : 'Nothing was captured of this layer.',
  );
}
