import { aggregatePanes, isWithoutValues, rangesOfMap } from '../derive/aggregates';
import { differencePane, shownDifference, type Difference } from '../derive/difference';
import { formatValue } from '../derive/format';
import { leftToRight, paneOf, type Pane, type Panes } from '../derive/panes';
import type { RangeOf } from '../derive/ranges';
import { isAggregate, type MapId } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Picture, Range } from '../model/picture';
import { colormap, type ColormapName } from '../render/colormap';
import { tileCanvas } from '../render/tile_canvas';
import type { Look } from '../state/look';
import { barsDrawing } from './bars_drawing';
import { pictureDrawing, type ColorBar, type Drawing, type Figure, type Panel } from './figure';
import {
  captionOfAll,
  captionOfDifference,
  nameOf,
  notFiniteText,
  scalingOf,
  stepText,
} from './maps_captions';
import { probeText } from './names';

/** A map's longer side has at least so many pixels. */
const SHORTEST_TILE = 48;

/** What of the maps is drawn: one, or all channels in an order. */
export interface Content {
  readonly panes: Panes;
  readonly look: Look;
  readonly maps: MapId | readonly number[];
}

/** What is drawn: the difference if that is what is shown, else panes with a picture. */
export interface Drawn {
  readonly difference: Difference | null;
  /** From left to right, of channels or of the map over them. */
  readonly panes: readonly Pane[];
  /** The same with all their channels. */
  readonly whole: readonly Pane[];
}

/** What of the panes can be drawn. */
export function drawnOf({ panes, look, maps }: Content): Drawn {
  const id = typeof maps === 'object' ? null : maps;
  const all = isAggregate(id) ? aggregatePanes(panes, id) : panes;
  const isThere = (pane: Pane | null): pane is Pane => pane?.picture.status === 'ready';
  const sides = leftToRight(all).map(paneOf).filter(isThere);
  const whole = leftToRight(panes).map(paneOf).filter(isThere);
  const difference = shownDifference(all, look);
  return { difference, panes: difference ? [differencePane(difference)] : sides, whole };
}

/** The maps of all panes, or their difference, with a caption; null where none are there. */
export function mapsFigure(content: Content): Figure | null {
  const { panes, maps } = content;
  const bars = [panes.first, panes.second].some((slot) => isBars(valueOf(paneOf(slot)?.picture)));
  // Bars have one axis.
  const look: Look = bars ? { ...content.look, scaling: 'layer' } : content.look;
  const isOne = typeof maps !== 'object';
  const channels = !isOne ? maps : [isAggregate(maps) ? 0 : maps];
  const drawn = drawnOf({ panes, look, maps });
  const { difference, panes: seen } = drawn;
  if (!seen.length) return null;
  const ranges = difference?.ranges ?? rangesOfMap(panes, look, isOne ? maps : 0);
  const colors = difference ? 'diverging' : look.colormap;
  const known = channels.length === 1 ? ranges(channels[0]!) : sharedRange(ranges, channels);
  const onlyBars = seen.every(({ picture }) => isBars(valueOf(picture)));
  return {
    panels: panelsOf(seen, (picture, title) => panelOf(picture, channels, colors, ranges, title)),
    captions: captionsOf(drawn, maps, look, onlyBars ? null : { known }),
    bar: onlyBars || !hasValues(drawn, maps) ? null : barOf(colors, known, look),
  };
}

/** Whether a colour of what is drawn stands for a value. */
function hasValues({ difference, whole }: Drawn, maps: Content['maps']): boolean {
  const ids = typeof maps === 'object' ? maps : [maps];
  const hasValue = (id: MapId) => (pane: Pane) => !isWithoutValues(pane, id);
  return ids.some((id) => (difference ? whole.every(hasValue(id)) : whole.some(hasValue(id))));
}

function panelsOf(
  panes: readonly Pane[],
  panelOfPicture: (picture: Picture, title: string) => Panel,
): Panel[] {
  // What isn't known to be the same image is named for each.
  const ownProbes = panes.some(
    ({ probe, otherProbe }) => otherProbe !== false || probe !== panes[0]?.probe,
  );
  return panes.flatMap((pane) => {
    const picture = valueOf(pane.picture);
    if (!picture) return [];
    return [panelOfPicture(picture, panes.length > 1 ? titleOf(pane, ownProbes) : '')];
  });
}

/** @param colors what is known of them; null where nothing but bars is drawn. */
function captionsOf(
  drawn: Drawn,
  maps: Content['maps'],
  look: Look,
  colors: { readonly known: Range | null } | null,
): string[] {
  const { difference, panes, whole } = drawn;
  // A map over channels is named by how many there are.
  const sources = whole.filter(({ index }) => panes.some((pane) => pane.index === index));
  const isDifference = difference !== null;
  const scaled = {
    isDifference,
    isSymmetric: isDifference || look.colormap === 'diverging',
    knowsSteps: whole.every(({ statistics }) => valueOf(statistics)?.items.length),
    hasValues: hasValues(drawn, maps),
  };
  const notFinite = notFiniteText({ difference, panes: whole }, maps);
  return [
    difference ? captionOfDifference(difference, whole, maps) : captionOfAll(sources, maps),
    colors
      ? scalingOf({ look, known: colors.known, ...scaled })
      : `${nameOf(isDifference)}; bars from zero, by channel`,
    ...(notFinite === null ? [] : [notFinite]),
  ];
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

/** What tells one pane from the other. */
function titleOf(pane: Pane, withProbe: boolean): string {
  const parts = [pane.run.name, stepText(pane.capture?.step)];
  return [...parts, ...(withProbe ? [probeText(pane)] : [])].join(' · ');
}

/** The range of all these channels where they have the same; null where each has its own. */
function sharedRange(ranges: RangeOf, channels: readonly number[]): Range | null {
  const [first, ...rest] = channels.map(ranges);
  const isSame = rest.every((range) => range.low === first?.low && range.high === first.high);
  return first && isSame ? first : null;
}

const NOTHING: Drawing = { width: SHORTEST_TILE, height: SHORTEST_TILE, items: [] };

function panelOf(
  picture: Picture,
  channels: readonly number[],
  colors: ColormapName,
  ranges: RangeOf,
  title: string,
): Panel {
  const { tileWidth, tileHeight } = picture.scale;
  const known = channels.filter((channel) => channel < picture.scale.channels);
  if (!known.length)
    return { title: title ? `${title}: no such channel` : 'no such channel', drawing: NOTHING };
  if (isBars(picture)) return { title, drawing: barsDrawing(picture, known, ranges(0)) };
  const alone = known.length === 1 ? 4 : 1;
  const zoom = Math.max(1, Math.ceil((alone * SHORTEST_TILE) / Math.max(tileWidth, tileHeight)));
  const canvas = tileCanvas(picture, known, colormap(colors), ranges, zoom);
  return { title, drawing: pictureDrawing(canvas) };
}
