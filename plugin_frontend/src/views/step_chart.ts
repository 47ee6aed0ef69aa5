import type uPlot from 'uplot';
import { formatTick } from '../derive/format';
import type { LossAxis } from '../state/look';

/** A line over the steps. */
export interface Line {
  readonly label: string;
  /** A custom property of the page that holds the colour, as `--series-1`. */
  readonly color: string;
  readonly width: number;
  /** Strokes and gaps in pixels; none for an unbroken line. */
  readonly dash?: readonly number[] | undefined;
  /** Drawn behind and pale, and named nowhere: what a smoothed line was made of. */
  readonly pale?: boolean;
  /** What stands at its end; its label without one. */
  readonly name?: string;
  /** Its name is in the colour of text, behind a dot in its own, which can be too pale to be read. */
  readonly dotted?: boolean;
  /** Without its name at its end, since another line's stands for both. */
  readonly nameless?: boolean;
  readonly points?: boolean;
  readonly filled?: boolean;
  /** What is told of it where that is not what is drawn: values before smoothing or stacking. */
  readonly told?: readonly (number | null)[];
}

export interface Chart {
  readonly lines: readonly Line[];
  /** Places on the axis, then a column a line. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly logScale?: boolean;
  /** Whether each line's area reaches down to the line before. */
  readonly stacked?: boolean;
  readonly axis?: LossAxis;
  /** Where steps lie on an axis of time. */
  readonly times?: { readonly steps: readonly number[]; readonly times: readonly number[] } | null;
  /** Steps that are marked. */
  readonly marks?: readonly number[];
  /** Whether the lines' names stand at their ends. */
  readonly named?: boolean;
}

/** How wide names at the ends of lines can be. */
export const NAME_WIDTH = 64;

/** uPlot's options for a chart in the colours of the page. */
export function chartOptions(
  chart: Chart,
  color: (name: string) => string,
): Omit<uPlot.Options, 'width' | 'height'> {
  const axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '11px Roboto, system-ui, sans-serif',
  };
  const y: uPlot.Scale = { distr: chart.logScale ? 3 : 1 };
  // Areas are to be compared, and so begin at zero.
  if (chart.stacked && !chart.logScale) y.range = (_plot, _min, max) => [0, max * 1.05];
  const duration = chart.axis === 'relative' ? { values: durations } : {};
  return {
    legend: { show: false },
    padding: [chart.marks?.length ? 12 : null, chart.named ? NAME_WIDTH : null, null, null],
    scales: { x: { time: chart.axis === 'wall' }, y },
    axes: [
      { ...axis, ...duration, size: 28 },
      { ...axis, size: 42, values: (_plot, values) => values.map(shortValue) },
    ],
    cursor: { y: false, drag: { x: true, y: false, dist: 8 }, points: { show: false } },
    series: [{}, ...chart.lines.map((line, at) => seriesOf(line, chart.data[at + 1] ?? [], color))],
    bands: chart.stacked
      ? chart.lines.slice(1).map((_, i) => ({ series: [i + 2, i + 1] as [number, number] }))
      : [],
  };
}

function seriesOf(
  line: Line,
  values: readonly (number | null)[],
  color: (name: string) => string,
): uPlot.Series {
  const stroke = color(line.color);
  return {
    label: line.label,
    stroke: line.pale ? `${stroke}55` : stroke,
    width: line.width,
    dash: line.pale || !line.dash ? undefined : [...line.dash],
    fill: line.filled ? `${stroke}66` : undefined,
    spanGaps: true,
    points: { show: line.points || isAlone(values), size: 5 },
  };
}

/** Whether there is one value only, of which no line can be drawn. */
function isAlone(values: readonly (number | null)[]): boolean {
  const known = (value: number | null) => value !== null;
  const first = values.findIndex(known);
  return first >= 0 && first === values.findLastIndex(known);
}

/** An axis' value; nothing where the axis of logarithms leaves one out. */
function shortValue(value: number | null): string {
  if (value === null) return '';
  return formatTick(value);
}

function durations(_plot: uPlot, values: number[]): string[] {
  return values.map(formatDuration);
}

/** Seconds as “1:30 h”, “2:05 min” or “12 s”. */
export function formatDuration(seconds: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)} h`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}:${two(seconds % 60)} min`;
  return `${Number(seconds.toPrecision(3))} s`;
}
