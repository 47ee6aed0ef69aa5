import type { Column } from '../derive/loss_plot';
import { printColor } from '../render/palette';
import type { Figure } from './figure';
import { plotDrawing, type Plot, type PlotLine } from './plot_drawing';

/** A line of the plot as it is on screen, in a colour of the page. */
export interface ShownLine extends Omit<PlotLine, 'values' | 'label' | 'fill'> {
  readonly label: string;
  /** Behind, and named nowhere: what a smoothed line was made of. */
  readonly pale?: boolean;
  /** Whether the area down to the line before is in its colour too. */
  readonly filled?: boolean;
}

/** The loss plot as it is on screen, with its terms or runs in a legend. */
export function lossFigure(
  lines: readonly ShownLine[],
  [places = [], ...columns]: readonly Column[],
  plot: Omit<Plot, 'places' | 'lines'>,
  captions: readonly string[],
): Figure {
  const known = places.map((place) => place ?? NaN);
  const drawn = lines.map((line, index) => ({
    ...line,
    color: line.pale ? `${printColor(line.color)}55` : printColor(line.color),
    label: line.pale ? null : line.label,
    fill: line.filled ? `${printColor(line.color)}66` : undefined,
    values: columns[index] ?? [],
  }));
  const drawing = plotDrawing({ ...plot, places: known, lines: drawn });
  return { panels: [{ title: '', drawing }], captions, bar: null };
}
