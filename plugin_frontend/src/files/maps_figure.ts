import { shownDifference, differenceName, differencePane } from '../derive/difference';
import { formatStep, formatValue } from '../derive/format';
import { aggregatePanes, mapCaption, rangesOfMap } from '../derive/aggregates';
import { leftToRight, paneOf, type Pane, type Panes } from '../derive/panes';
import type { RangeOf } from '../derive/ranges';
import { isAggregate, type MapId } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Picture, Range } from '../model/picture';
import { colormap, type ColormapName } from '../render/colormap';
import { tileCanvas } from '../render/tile_canvas';
import type { Look } from '../state/look';
import type { Figure, Panel } from './figure';

/** A map's longer side has at least so many pixels. */
const SHORTEST_TILE = 48;

/** What of the maps is drawn: one, or all channels in an order. */
export interface Content {
  readonly panes: Panes;
  readonly look: Look;
  readonly maps: MapId | readonly number[];
}

/** The maps of all panes, or their difference, with a caption; null where none are there. */
export function mapsFigure({ panes, look, maps }: Content): Figure | null {
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
  const panels = seen.flatMap((pane) => {
    const picture = valueOf(pane.picture);
    if (!picture) return [];
    const title = seen.length > 1 ? `${pane.run.name} · ${stepOf(pane)}` : '';
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
    captions: [changed + captionOf(pane, subject), scalingOf(look, known, difference !== null)],
    bar: {
      colors: colormap(colors),
      low: known ? formatValue(known.low) : 'least',
      high: known ? formatValue(known.high) : 'greatest',
    },
  };
}

/** Run, layer, what of it, step and probe as text. */
export function captionOf(pane: Pane, subject: string, step = pane.capture?.step): string {
  const { run, layer, probe } = pane;
  const label = run.probes?.labels[probe];
  const named = label ? `probe ${probe + 1} (${label})` : `probe ${probe + 1}`;
  return [run.name, layer.name, subject, stepText(step), named].join(' · ');
}

function stepOf({ capture }: Pane): string {
  return stepText(capture?.step);
}

function stepText(step: number | undefined): string {
  return `step ${step === undefined ? '–' : formatStep(step)}`;
}

function scalingOf(look: Look, known: Range | null, isDifference: boolean): string {
  const subject = isDifference ? 'Differences of activations' : 'Activations';
  const clip =
    look.clip && look.scaling !== 'steps' ? `, ${100 * look.clip} % left out at either end` : '';
  const span = {
    channel: 'its own range',
    layer: 'the layer’s range',
    steps: 'its range over all steps',
  };
  if (known)
    return `${subject}; the colours span ${formatValue(known.low)} to ${formatValue(known.high)}${clip}`;
  return `${subject}; each channel in colours that span ${span[look.scaling]}${clip}`;
}

/** The range of all these channels where they have the same; null where each has its own. */
function sharedRange(ranges: RangeOf, channels: readonly number[]): Range | null {
  const [first, ...rest] = channels.map(ranges);
  const isSame = rest.every((one) => one.low === first?.low && one.high === first.high);
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
  const alone = known.length === 1 ? 4 : 1;
  const zoom = Math.max(1, Math.ceil((alone * SHORTEST_TILE) / Math.max(tileWidth, tileHeight)));
  return { title, picture: tileCanvas(picture, known, colormap(colors), ranges, zoom) };
}
