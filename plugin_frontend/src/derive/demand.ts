import {
  attributionsAsk,
  capturesAsk,
  channelGradientsAsk,
  gradientsAsk,
  lossesAsk,
  predictionsAsk,
  statisticsAsk,
  type FrameAsk,
  type OutputAsk,
  type SeriesAsk,
} from '../data/asks';
import type { Demand, Library } from '../data/library';
import { isAggregate, type MapId } from '../model/aggregate';
import type { PictureKey } from '../model/capture';
import { valueOf } from '../model/loadable';
import type { Listing, Run } from '../model/run';
import type { Look } from '../state/look';
import type { Selection } from '../state/selection';
import { filmAsksOf } from './film';
import { layersInReach } from './network';
import { paneOf, panesOf, type Pane } from './panes';
import { isSpatial, runNamed } from './place';
import { drawnSides, predictionSides, type PredictionSide } from './prediction_sides';
import { outputAsks } from './predictions';
import { probePictures } from './probes';
import { overlaidRuns } from './run_choice';
import { sidePane, sideRun, sideRuns } from './side';
import { nearestEntry } from './steps';

/** So many captures before and after the cursor are fetched ahead. */
const AHEAD = 3;

/**
 * What is wanted for a selection, as far as can be told from what is known already.
 *
 * @param preview the step that the pointer is on in the timeline.
 */
export function demandOf(
  listing: Listing | undefined,
  selection: Selection,
  look: Look,
  library: Library,
  preview: number | null = null,
): Demand {
  if (!listing) return NOTHING;
  const panes = panesOf(listing, selection, library);
  const [first, second] = [paneOf(panes.first), paneOf(panes.second)];
  const both = [first, second].filter((pane) => pane !== null);
  const runs = sideRuns(listing, selection).filter((run) => run !== null);
  const side = sideRun(listing, selection);
  const beside = sidePane(listing, selection, library);
  return {
    runNames: [listing.version],
    captures: [
      ...both.map(({ run, layer }) => capturesAsk(run, layer)),
      ...runs.flatMap((run) => (run.probes ? [capturesAsk(run, run.probes)] : [])),
    ],
    statistics: [...both.flatMap(ownStatistics), ...otherStatistics(both)],
    ...gradientAsks(selection, runs[0] ?? null, first),
    channelGradients: look.sort === 'importance' && first ? ownChannelGradients(first) : [],
    losses: [...new Set([side, ...overlaidRuns(listing, selection)])].flatMap((run) =>
      run ? lossAsks(listing, run) : [],
    ),
    predictions: runs.flatMap((run) => predictionsAsk(run) ?? []),
    outputs: fullOutputs(predictionSides(listing, selection, library, null), look),
    pictures: [
      ...both.flatMap(ownPicture),
      ...previewed(first, preview),
      ...both.flatMap(picturesAhead),
    ],
    frames: framesOf(beside, selection.channel),
    probes:
      selection.comparison?.kind === 'run'
        ? runs.flatMap((run) => probePictures(library, run))
        : [],
  };
}

const NOTHING: Demand = {
  runNames: [],
  captures: [],
  statistics: [],
  gradients: [],
  channelGradients: [],
  attributions: [],
  losses: [],
  predictions: [],
  outputs: [],
  pictures: [],
  frames: [],
  probes: [],
};

/** A run that validates another has the stamp of its own, as where it is asked for itself. */
function lossAsks(listing: Listing, run: Run) {
  if (!run.hasLosses) return [];
  const { validationRun: name } = run;
  if (name === null) return [lossesAsk(run.name, run)];
  return [lossesAsk(run.name, run), lossesAsk(name, runNamed(listing, name) ?? run)];
}

/** Only what the view of gradients shows. */
function gradientAsks({ view }: Selection, run: Run | null, pane: Pane | null) {
  if (view !== 'gradients' || !run) return { gradients: [], attributions: [] };
  return {
    gradients: [gradientsAsk(run) ?? []].flat(),
    attributions: [(pane && attributionsAsk(run, pane.layer)) ?? []].flat(),
  };
}

function ownChannelGradients({ run, layer }: Pane): SeriesAsk[] {
  return [channelGradientsAsk(run, layer) ?? []].flat();
}

function ownStatistics({ run, layer }: Pane): SeriesAsk[] {
  return [statisticsAsk(run, layer) ?? []].flat();
}

/** The other layers', for the list of layers and the network: those that are near first. */
function otherStatistics([first]: readonly Pane[]): SeriesAsk[] {
  if (!first) return [];
  const { run, layer } = first;
  const others = layersInReach(first).filter((other) => other !== layer);
  return others.flatMap((other) => statisticsAsk(run, other) ?? []);
}

function ownPicture({ capture, probe }: Pane): PictureKey[] {
  return [capture?.pictures[probe] ?? []].flat();
}

function previewed(pane: Pane | null, step: number | null): PictureKey[] {
  if (!pane || step === null) return [];
  const capture = nearestEntry(valueOf(pane.captures)?.items ?? [], step);
  return [capture?.pictures[pane.probe] ?? []].flat();
}

function picturesAhead({ captures, capture, probe }: Pane): PictureKey[] {
  const items = valueOf(captures)?.items ?? [];
  const index = capture ? items.indexOf(capture) : -1;
  if (index < 0) return [];
  const near = Array.from({ length: AHEAD }, (_, i) => [index + i + 1, index - i - 1]).flat();
  return near.flatMap((place) => items[place]?.pictures[probe] ?? []);
}

function framesOf(pane: Pane | null, map: MapId | null): readonly FrameAsk[] {
  const picture = valueOf(pane?.picture);
  if (!pane || !picture || map === null) return [];
  const isThere = isAggregate(map) ? isSpatial(pane.layer) : map < picture.scale.channels;
  return isThere ? filmAsksOf(pane, map) : [];
}

function fullOutputs(sides: readonly PredictionSide[], { classIndex }: Look): readonly OutputAsk[] {
  return drawnSides(sides, classIndex).flatMap(({ run, probe, heads, index }) =>
    outputAsks(run.name, heads, probe, index),
  );
}
