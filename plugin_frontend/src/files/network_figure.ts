import type { Ill } from '../derive/health';
import { ILL_NAMES } from '../derive/health_names';
import { networkCell, type Network } from '../derive/network';
import type { Pane } from '../derive/panes';
import { paintShares, shareRamp, stepColumns } from '../render/network';
import { canvasOf } from './canvases';
import type { Figure } from './figure';
import { textWidth } from './figure_png';
import { stepsText } from './maps_captions';
import { matrixDrawing } from './matrix_drawing';
import { probeText } from './names';

const MOST_COLUMNS = 640;
const ROW = 18;
const RAMP = shareRamp([241, 243, 244], [32, 33, 36]);

/** All layers over the steps: which share of each one's channels is so; null without any step. */
export function networkFigure(network: Network, pane: Pane, ill: Ill): Figure | null {
  const { rows, steps } = network;
  if (!steps.length) return null;
  const columns = stepColumns(steps.length, MOST_COLUMNS);
  const image = new ImageData(columns, rows.length);
  const share = (row: number, column: number) =>
    networkCell(network, columns, ill, row, column)?.share ?? null;
  paintShares(image, share, RAMP);
  const drawing = matrixDrawing(
    {
      picture: canvasOf(image),
      rows: rows.map(({ layer, curve }) => (curve ? layer.name : `${layer.name} (not known)`)),
      steps,
      height: ROW * rows.length,
      keys: [],
    },
    textWidth,
  );
  const { name, meaning } = ILL_NAMES[ill];
  const of = [pane.run.name, `${rows.length} layers`, stepsText(steps.map((step) => ({ step })))];
  return {
    panels: [{ title: '', drawing }],
    captions: [
      [...of, probeText(pane)].join(' · '),
      `Share of each layer’s channels that are ${name}: ${meaning}`,
    ],
    bar: { colors: RAMP, low: 'none', high: 'all of the layer' },
  };
}
