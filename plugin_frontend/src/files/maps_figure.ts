import { shownDifference, differenceName, differencePane } from '../derive/difference';
import { formatStep, formatValue } from '../derive/format';
import { aggregatePanes, mapCaption, rangesOfMap } from '../derive/aggregates';
import { leftToRight, paneOf, type Pane, type Panes } from '../derive/panes';
import type { RangeOf } from '../derive/ranges';
import { isAggregate, type MapId } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Stepped } from '../derive/steps';
import type { Picture, Range } from '../model/picture';
import { colormap, type ColormapName } from '../render/colormap';
import { tileCanvas } from '../render/tile_canvas';
import type { Look } from '../state/look';
import { barsDrawing } from './bars_drawing';
import { pictureDrawing, type ColorBar, type Figure, type Panel } from './figure';
import { probeText } from './names';

/** A map's longer side has at least so many pixels. */
const SHORTEST_TILE = 48;

/** What of the maps is drawn: one, or all channels in an order. */
export interface Content {
  readonly panes: Panes;
  readonly look: Look;
  readonly maps: MapId | readonly number[];
}

/** The maps of all panes, or their difference, with a caption; null where none are there. */
export function mapsFigure({ panes, look: chosen, maps }: Content): Figure | null {
  const bars = [panes.first, panes.second].some((slot) => isBars(valueOf(paneOf(slot)?.picture)));
  const look: Look = bars ? { ...chosen, scaling: 'layer' } : chosen; // bars have one axis
  const isOne = typeof maps !== 'object';
  const ofAll = isOne && isAggregate(maps);
  const channels = !isOne ? maps : [ofAll ? 0 : maps];
  const drawn = ofAll ? aggregatePanes(panes, maps) : panes;
  const difference = shownDifference(drawn, look);
  const seen = difference
    ? [differencePane(difference)]
    : leftToRight(drawn)
        .map(paneOf)
        .filter((pane) => pane !== null);
  const ranges = difference?.ranges ?? rangesOfMap(panes, look, isOne ? maps : 0);
  const colors = difference ? 'diverging' : look.colormap;
  // What isn't known to be the same image is named for each.
  const ownProbes = seen.some(
    ({ probe, otherProbe }) => otherProbe !== false || probe !== seen[0]?.probe,
  );
  const panels = seen.flatMap((pane) => {
    const picture = valueOf(pane.picture);
    if (!picture) return [];
    const title = seen.length > 1 ? titleOf(pane, ownProbes) : '';
    return [panelOf(picture, channels, colors, ranges, title)];
  });
  const [pane] = seen;
  const whole = paneOf(panes.first);
  if (!pane || !whole || !panels.length) return null;
  const changed = difference ? `${differenceName(difference)}, ` : '';
  const subject = isOne ? mapCaption(whole, maps) : `${channels.length} channels`;
  const known = channels.length === 1 ? ranges(channels[0]!) : sharedRange(ranges, channels);
  return {
    panels,
    captions: [
      changed + captionOf(pane, subject),
      bars
        ? `${nameOf(difference !== null)}; bars from zero, by channel`
        : scalingOf(look, known, difference !== null, colors === 'diverging'),
    ],
    bar: bars ? null : barOf(colors, known, look),
  };
}

function barOf(colors: ColormapName, known: Range | null, look: Look): ColorBar {
  const isSymmetric = colors === 'diverging' && look.rangeLow === null && look.rangeHigh === null;
  const [low, high] = isSymmetric ? ['−max', 'max'] : ['least', 'greatest'];
  return {
    colors: colormap(colors),
    low: known ? formatValue(known.low) : low,
    high: known ? formatValue(known.high) : high,
  };
}

function isBars(picture: Picture | undefined): boolean {
  return picture !== undefined && picture.scale.tileWidth * picture.scale.tileHeight === 1;
}

function nameOf(isDifference: boolean): string {
  return isDifference ? 'Differences of activations' : 'Activations';
}

/** Run, layer, what of it, step and probe as text. */
export function captionOf(pane: Pane, subject: string, step = pane.capture?.step): string {
  const { run, layer } = pane;
  return [run.name, layer.name, subject, stepText(step), probeText(pane)].join(' · ');
}

/** The first and the last of some steps as text. */
export function stepsText(items: readonly Stepped[]): string {
  const [first, last] = [items[0]?.step, items.at(-1)?.step];
  if (first === undefined || last === undefined) return 'no steps';
  return first === last ? stepText(first) : `steps ${formatStep(first)} – ${formatStep(last)}`;
}

/** What tells one pane from the other. */
function titleOf(pane: Pane, withProbe: boolean): string {
  const parts = [pane.run.name, stepText(pane.capture?.step)];
  return [...parts, ...(withProbe ? [probeText(pane)] : [])].join(' · ');
}

function stepText(step: number | undefined): string {
  return `step ${step === undefined ? '–' : formatStep(step)}`;
}

function scalingOf(
  look: Look,
  known: Range | null,
  isDifference: boolean,
  isSymmetric: boolean,
): string {
  const subject = nameOf(isDifference);
  const { clip: share, scaling, rangeLow, rangeHigh } = look;
  const ends = isDifference ? [] : [rangeLow, rangeHigh].filter((end) => end !== null);
  const isClipped = share > 0 && scaling !== 'steps' && ends.length < 2;
  const clip = isClipped ? `, ${100 * share} % left out at either end` : '';
  const span = {
    channel: 'its own range',
    layer: 'the layer’s range',
    steps: 'its range over all steps',
  };
  if (known)
    return `${subject}; the colours span ${formatValue(known.low)} to ${formatValue(known.high)}${clip}`;
  const around = isSymmetric ? ', widened to be symmetric about 0' : '';
  const byHand = ends.map((end) => `, an end set to ${formatValue(end)}`).join('');
  return `${subject}; each channel in colours that span ${span[scaling]}${around}${byHand}${clip}`;
}

/** The range of all these channels where they have the same; null where each has its own. */
function sharedRange(ranges: RangeOf, channels: readonly number[]): Range | null {
  const [first, ...rest] = channels.map(ranges);
  const isSame = rest.every((range) => range.low === first?.low && range.high === first.high);
  return first && isSame ? first : null;
}

function panelOf(
  picture: Picture,
  channels: readonly number[],
  colors: ColormapName,
  ranges: RangeOf,
  title: string,
): Panel {
  const { tileWidth, tileHeight } = picture.scale;
  const known = channels.filter((channel) => channel < picture.scale.channels);
  if (isBars(picture)) return { title, drawing: barsDrawing(picture, known, ranges(0)) };
  const alone = known.length === 1 ? 4 : 1;
  const zoom = Math.max(1, Math.ceil((alone * SHORTEST_TILE) / Math.max(tileWidth, tileHeight)));
  const canvas = tileCanvas(picture, known, colormap(colors), ranges, zoom);
  return { title, drawing: pictureDrawing(canvas) };
}
