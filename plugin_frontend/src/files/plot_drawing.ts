import { formatTick } from '../derive/format';
import { logTicksWithin, ticksWithin } from '../derive/ticks';
import type { Drawing, Item, Point } from './figure';

/** A line of a plot, a value for each place on the axis. */
export interface PlotLine {
  /** Its name in the legend; null for none. */
  readonly label: string | null;
  readonly color: string;
  readonly width: number;
  readonly dash?: readonly number[] | undefined;
  /** The colour of the area down to the line before, of the first down to the axis; none without it. */
  readonly fill?: string | undefined;
  readonly values: readonly (number | null)[];
}

export interface Plot {
  readonly places: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly logScale: boolean;
  /** The least the axis begins at; null for the least value. */
  readonly from: number | null;
  /** What the axis' places are, as text. */
  readonly placeName: (place: number) => string;
  readonly axisName: string;
  /** About how many places are named. */
  readonly ticks: number;
}

const [WIDTH, HEIGHT] = [480, 240];
const [LEFT, BELOW, ABOVE] = [56, 38, 8];
const LINE = 18;
const [KEY, KEY_HEIGHT] = [28, 10];
const [GRID, AXIS] = ['#dfe1e5', '#5f6368'];

/** A plot with axes, lines and a legend of them below, all as vectors. */
export function plotDrawing(plot: Plot): Drawing {
  const { places, lines, logScale } = plot;
  const named = lines.filter(({ label }) => label !== null);
  const values = lines.flatMap((line) => line.values.filter((value) => isDrawn(value, logScale)));
  const [least, most] = extentOf(values);
  const low = logScale ? least : Math.min(plot.from ?? least, least);
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? 1];
  const scale = (value: number) => (logScale ? Math.log10(value) : value);
  const span = scale(most) - scale(low) || 1;
  const x = (place: number) => LEFT + (WIDTH * (place - first)) / (last - first || 1);
  const y = (value: number) => ABOVE + HEIGHT * (1 - (scale(value) - scale(low)) / span);
  const drawn = lines.map(({ values: own }) =>
    places.flatMap((place, index): Point[] => {
      const value = own[index];
      return isDrawn(value, logScale) ? [[x(place), y(value)]] : [];
    }),
  );
  const items: Item[] = [
    ...valueAxis(logScale ? logTicksWithin(low, most) : ticksWithin(low, most, 5), y),
    ...placeAxis(plot, ticksWithin(first, last, plot.ticks), x),
    ...areas(lines, drawn),
    ...lines.flatMap((line, index) => strokes(line, drawn[index]!)),
    ...legend(named),
  ];
  const height = ABOVE + HEIGHT + BELOW + named.length * LINE;
  return { width: LEFT + WIDTH + 24, height, items };
}

function isDrawn(value: number | null | undefined, logScale: boolean): value is number {
  return value != null && Number.isFinite(value) && (!logScale || value > 0);
}

function extentOf(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

function valueAxis(ticks: readonly number[], y: (value: number) => number): Item[] {
  return ticks.flatMap((tick): Item[] => [
    rule([LEFT, y(tick)], [LEFT + WIDTH, y(tick)], GRID),
    { kind: 'text', text: formatTick(tick), x: LEFT - 6, y: y(tick), anchor: 'end' },
  ]);
}

function placeAxis(plot: Plot, ticks: readonly number[], x: (place: number) => number): Item[] {
  const bottom = ABOVE + HEIGHT;
  const name = { kind: 'text', text: plot.axisName, anchor: 'middle' } as const;
  return [
    rule([LEFT, bottom], [LEFT + WIDTH, bottom], AXIS),
    ...ticks.flatMap((tick): Item[] => [
      rule([x(tick), bottom], [x(tick), bottom + 4], AXIS),
      { ...name, text: plot.placeName(tick), x: x(tick), y: bottom + 12 },
    ]),
    { ...name, x: LEFT + WIDTH / 2, y: bottom + 28 },
  ];
}

/** What lies between each line that is filled and the one before. */
function areas(lines: readonly PlotLine[], drawn: readonly (readonly Point[])[]): Item[] {
  return lines.flatMap(({ fill }, index): Item[] => {
    const [above, below] = [drawn[index]!, drawn[index - 1] ?? []];
    const [first, last] = [above[0], above.at(-1)];
    if (!fill || !first || !last) return [];
    const bottom = ABOVE + HEIGHT;
    const axis: readonly Point[] = [
      [first[0], bottom],
      [last[0], bottom],
    ];
    const edge = below.length ? below : axis;
    return [{ kind: 'area', points: [...above, ...edge.toReversed()], color: fill }];
  });
}

/** A line goes on over places where others have values and it has none, not over what isn't finite. */
function strokes({ color, width, dash }: PlotLine, points: readonly Point[]): Item[] {
  return points.length ? [{ kind: 'line', points, color, width, dash }] : [];
}

function legend(lines: readonly PlotLine[]): Item[] {
  const top = ABOVE + HEIGHT + BELOW;
  return lines.flatMap(({ label, color, width, dash, fill }, index): Item[] => {
    const y = top + index * LINE + LINE / 2;
    const key: Item = {
      ...{ kind: 'line', color, width, dash },
      points: [
        [LEFT, y],
        [LEFT + KEY, y],
      ],
    };
    const area = { kind: 'rect', x: LEFT, y: y - KEY_HEIGHT / 2, width: KEY } as const;
    return [
      ...(fill ? [{ ...area, height: KEY_HEIGHT, color: fill }] : []),
      key,
      { kind: 'text', text: label!, x: LEFT + KEY + 8, y, anchor: 'start' },
    ];
  });
}

function rule(from: Point, to: Point, color: string): Item {
  return { kind: 'line', points: [from, to], color, width: 1 };
}
