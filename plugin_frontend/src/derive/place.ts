import type { Layer, Listing, Run } from '../model/run';
import { memoised } from './memo';

const LONGEST_NAME = 80;

/** What a selection means in a listing. */
export interface Place {
  readonly run: Run | null;
  readonly layer: Layer | null;
  /** What was asked for and is not there. */
  readonly missing: string | null;
}

/** Finds the run and layer that are asked for; without a wish the first ones. */
export const placeOf = memoised(
  (listing: Listing, runName: string | null, layerTag: string | null): Place => {
    const run = runName === null ? firstRun(listing) : runNamed(listing, runName);
    if (!run) {
      const missing = runName === null ? null : noRun(runName);
      return { run: null, layer: null, missing };
    }
    const layer =
      layerTag === null
        ? run.layers[0]
        : run.layers.find((candidate) => candidate.tag === layerTag);
    if (layer || layerTag === null) return { run, layer: layer ?? null, missing: null };
    return { run, layer: null, missing: `This run has no layer “${shortened(layerTag)}”.` };
  },
);

/** The runs to choose from: validation runs are shown with the run that they belong to. */
export const listedRuns = memoised((listing: Listing): readonly Run[] => {
  const shownElsewhere = new Set(listing.runs.map((run) => run.validationRun));
  return listing.runs.filter((run) => run.layers.length || !shownElsewhere.has(run.name));
});

export function runNamed(listing: Listing, name: string): Run | null {
  return listing.runs.find((run) => run.name === name) ?? null;
}

/** Whether the layer's maps have more than one value. */
export function isSpatial(layer: Layer): boolean {
  if (layer.shape.length < 2) return false;
  const channelsFirst = layer.dataFormat === 'channels_first';
  const sizes = channelsFirst ? layer.shape.slice(1) : layer.shape.slice(0, -1);
  return sizes.some((size) => size !== 1);
}

function firstRun(listing: Listing): Run | null {
  const listed = listedRuns(listing);
  return listed.find((run) => run.layers.length) ?? listed[0] ?? null;
}

/** What is said of a run that isn't there. */
export function noRun(name: string): string {
  return `There is no run “${shortened(name)}” in this log directory.`;
}

/** A name as it fits into a message. */
export function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)} …` : name;
}
