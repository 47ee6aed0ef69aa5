import { formatValue } from '../derive/format';
import { gradientCell, type GradientTable } from '../derive/gradients';
import { paintGradients } from '../render/gradients';
import { stepColumns } from '../render/network';
import { lineColor, printColor } from '../render/palette';
import type { Figure } from './figure';
import { textWidth } from './figure_png';
import { stepsText } from './maps_captions';
import { matrixDrawing } from './matrix_drawing';

const ROW = 24;
const COLUMN = 8;
const MOST_COLUMNS = 320;
const NOT_FINITE = '#b3261e';
/** Pixels of the picture for each of the figure. */
const SHARPNESS = 4;

/** Layers × steps, each cell divided by term of the loss. */
export function gradientsFigure(table: GradientTable, run: string): Figure {
  const { layers, place } = table.series;
  const columns = stepColumns(table.steps.length, MOST_COLUMNS);
  const size = {
    columns,
    rows: layers.length,
    width: COLUMN * columns,
    height: ROW * layers.length,
  };
  const picture = new OffscreenCanvas(SHARPNESS * size.width, SHARPNESS * size.height);
  const context = picture.getContext('2d')!;
  context.scale(SHARPNESS, SHARPNESS);
  const terms = table.terms.map(({ color }) => printColor(lineColor(color)));
  const cell = (row: number, column: number) => gradientCell(table, columns, row, column);
  paintGradients(context, size, cell, { terms, notFinite: NOT_FINITE });
  const keys = table.terms.map(({ name }, index) => ({ color: terms[index]!, label: name }));
  const matrix = { picture, rows: layers, steps: table.steps, height: size.height, keys };
  const brightness = table.range
    ? `${formatValue(table.range[0])} (faint) to ${formatValue(table.range[1])} (full), logarithmic`
    : 'none is finite and above 0';
  return {
    panels: [{ title: '', drawing: matrixDrawing(matrix, textWidth) }],
    captions: [
      `${run} · ${layers.length} layers · ${stepsText(table.series.steps)}`,
      `Gradients at ${place}: each cell is divided as the terms’ norms are`,
      `Brightness: the sum of norms; ${brightness}`,
    ],
    bar: null,
  };
}
