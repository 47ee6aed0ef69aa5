import { ILLS, deathOrder, healthCells } from '../derive/health';
import { ILL_NAMES } from '../derive/health_names';
import type { Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { valueOf } from '../model/loadable';
import { MOST_ROWS, healthColors, paintHealth } from '../render/health';
import { printColor } from '../render/palette';
import { canvasOf } from './canvases';
import type { Figure } from './figure';
import { textWidth } from './figure_png';
import { stepsText } from './maps_captions';
import { matrixDrawing } from './matrix_drawing';
import { probeText } from './names';

/** Up to so many channels are named. */
const MOST_NAMED = 64;
const NAMED_ROW = 14;
const [LOWEST, HIGHEST] = [320, 960];

/** A layer's channels over the steps, by their death; null while they are not known. */
export function healthFigure(pane: Pane): Figure | null {
  const statistics = valueOf(pane.statistics)?.items;
  if (!statistics?.length) return null;
  const order = deathOrder(statistics).slice(0, MOST_ROWS);
  const image = new ImageData(statistics.length, Math.max(1, order.length));
  const cells = healthCells(statistics, order, pane.probe, isSpatial(pane.layer));
  paintHealth(image, cells, healthColors(printColor));
  const isNamed = order.length <= MOST_NAMED;
  const height = Math.max(LOWEST, Math.min(HIGHEST, order.length));
  const drawing = matrixDrawing(
    {
      picture: canvasOf(image),
      rows: isNamed ? order.map((channel) => `channel ${channel}`) : [],
      steps: statistics.map(({ step }) => step),
      height: isNamed ? NAMED_ROW * order.length : height,
      keys: [
        ...ILLS.map((ill) => ({
          color: printColor(`--health-${ill}`),
          label: `${ILL_NAMES[ill].name}: ${ILL_NAMES[ill].meaning}`,
        })),
        { color: printColor('--health-full'), label: 'active, no zeros' },
        { color: printColor('--health-sparse'), label: 'active, nearly all zero' },
      ],
    },
    textWidth,
  );
  const { run, layer } = pane;
  const of = [run.name, layer.name, `${order.length} channels`, stepsText(statistics)];
  return {
    panels: [{ title: '', drawing }],
    captions: [
      [...of, probeText(pane)].join(' · '),
      'Channels × steps, in the order in which they died',
    ],
    bar: null,
  };
}
