import type uPlot from 'uplot';
import { spreadLabels } from '../render/labels';
import { NAME_WIDTH, type Chart } from './step_chart';

const NAME_HEIGHT = 13;
const MARK = 5;
/** What a dot before a name takes. */
const DOT = 10;

/** Draws a triangle above each of these places. */
export function drawMarks(plot: uPlot, places: readonly number[], color: string): void {
  const { ctx, bbox } = plot;
  const size = MARK * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = color;
  for (const place of places) {
    const x = placeOnPlot(plot, place);
    if (x === null) continue;
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top - 1.6 * size);
    ctx.lineTo(x + size, bbox.top - 1.6 * size);
    ctx.lineTo(x, bbox.top);
    ctx.fill();
  }
  ctx.restore();
}

/** Writes the lines' names at their ends, apart from each other. */
export function drawNames(plot: uPlot, chart: Chart, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const named = chart.lines.flatMap((line, index) => {
    const end = line.pale || line.nameless ? null : endOf(plot, chart, index);
    return end === null ? [] : [{ line, end }];
  });
  const places = spreadLabels(
    named.map(({ end }) => end - bbox.top),
    NAME_HEIGHT * ratio,
    bbox.height,
  );
  ctx.save();
  ctx.font = `${11 * ratio}px Roboto, system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  named.forEach(({ line }, index) => {
    const place = places[index];
    if (place == null) return;
    const [left, middle] = [bbox.left + bbox.width + 6 * ratio, bbox.top + place];
    ctx.fillStyle = color(line.color);
    const indent = line.dotted ? DOT * ratio : 0;
    if (line.dotted) {
      ctx.beginPath();
      ctx.arc(left + indent / 3, middle, indent / 3, 0, 2 * Math.PI);
      ctx.fill();
      ctx.fillStyle = color('--text');
    }
    const text = shortened(ctx, line.name ?? line.label, (NAME_WIDTH - 8) * ratio - indent);
    ctx.fillText(text, left + indent, middle);
  });
  ctx.restore();
}

/** Where a line's last point that is seen lies, in pixels from the top; null without one. */
function endOf(plot: uPlot, chart: Chart, line: number): number | null {
  const { min, max } = plot.scales['x']!;
  const places = chart.data[0] ?? [];
  const column = chart.data[line + 1] ?? [];
  for (let index = places.length - 1; index >= 0; index--) {
    const [place, value] = [places[index]!, column[index]];
    if (place < min! || place > max! || value == null) continue;
    const y = plot.valToPos(value, 'y', true);
    return Number.isFinite(y) ? y : null;
  }
  return null;
}

function shortened(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let length = text.length - 1;
  while (length > 1 && ctx.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}

function placeOnPlot(plot: uPlot, place: number): number | null {
  const x = plot.valToPos(place, 'x', true);
  const { left, width } = plot.bbox;
  return x < left - 1 || x > left + width + 1 ? null : x;
}
