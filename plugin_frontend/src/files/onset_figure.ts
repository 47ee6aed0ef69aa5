import { formatStep } from '../derive/format';
import type { Onset } from '../derive/onset';
import type { Pane } from '../derive/panes';
import { rangesOverSteps, symmetricRange, type RangeOf } from '../derive/ranges';
import { SELECTIVE } from '../derive/selectivity';
import { valueOf } from '../model/loadable';
import type { Picture } from '../model/picture';
import { colormap, type ColormapName } from '../render/colormap';
import { tileCanvas } from '../render/tile_canvas';
import { animatedPng } from './apng';
import { pictureDrawing, type Figure } from './figure';
import { drawFigure, textWidth } from './figure_png';
import { captionOf } from './maps_captions';

/** So many channels are shown, those with the earliest onsets. */
const MOST_CHANNELS = 36;
const SIDE = 96;
const PALE = 0.25;
const FRAME_MILLISECONDS = 500;

/** The channels that are selective for a pane's probe, at a step of theirs. */
export interface OnsetContent {
  readonly pane: Pane;
  readonly onsets: readonly Onset[];
  readonly colors: ColormapName;
}

/** Their maps at one step in the order of their onsets, pale before it. */
export function onsetFigure(
  { pane, onsets, colors }: OnsetContent,
  picture: Picture,
  step: number,
): Figure {
  const shown = onsets.slice(0, MOST_CHANNELS);
  const ranges = rangesOf(pane, colors);
  const { tileWidth, tileHeight } = picture.scale;
  const zoom = Math.max(1, Math.floor(SIDE / Math.max(tileWidth, tileHeight)));
  const panels = shown.map(({ channel, since }) => {
    const tile = tileCanvas(picture, [channel], colormap(colors), ranges, zoom);
    const opacity = since <= step ? 1 : PALE;
    return {
      title: `${channel} · since ${formatStep(since)}`,
      drawing: pictureDrawing(tile, tile, opacity),
    };
  });
  return {
    panels,
    columns: Math.ceil(Math.sqrt(1.5 * panels.length)),
    captions: captionsAt(pane, onsets, step),
    bar: { colors: colormap(colors), low: 'least', high: 'greatest of the channel over all steps' },
  };
}

function captionsAt(pane: Pane, onsets: readonly Onset[], step: number): readonly string[] {
  const begun = onsets.filter(({ since }) => since <= step).length;
  const cut = onsets.length > MOST_CHANNELS ? `; the first ${MOST_CHANNELS} are shown` : '';
  return [
    captionOf(pane, 'channels selective for the probe, by onset', step),
    `${begun} of ${onsets.length} by this step; before their onset they are pale${cut}`,
    `Onset: since when the mean has been ≥ ${SELECTIVE} deviations above the other probes’ values`,
  ];
}

function rangesOf({ statistics, probe }: Pane, colors: ColormapName): RangeOf {
  const known = rangesOverSteps(valueOf(statistics)?.items ?? [], probe);
  return (channel) => {
    const range = known[channel] ?? { low: 0, high: 0 };
    return colors === 'diverging' ? symmetricRange(range) : range;
  };
}

/**
 * The same over the steps as an animated PNG.
 *
 * @param pictureAt the maps at a step.
 * @param told how many frames are there.
 */
export async function onsetFilm(
  content: OnsetContent,
  steps: readonly number[],
  pictureAt: (step: number) => Promise<Picture>,
  told: (frames: number) => void,
): Promise<Blob> {
  const { pane, onsets } = content;
  const captions = steps.flatMap((step) => captionsAt(pane, onsets, step));
  const minWidth = Math.max(...captions.map(textWidth)); // all frames are of one size
  const files: Uint8Array[] = [];
  for (const step of steps) {
    const figure = onsetFigure(content, await pictureAt(step), step);
    const blob = await drawFigure({ ...figure, minWidth }, 1).convertToBlob();
    files.push(new Uint8Array(await blob.arrayBuffer()));
    told(files.length);
  }
  return new Blob([animatedPng(files, FRAME_MILLISECONDS) as BlobPart], { type: 'image/png' });
}
