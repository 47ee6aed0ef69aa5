import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { jumpsOf } from '../derive/jumps';
import { curvesShown, leadingPoints, shownCurves, type Curve } from '../derive/loss_curves';
import { lossesAreLoading, lossPairOf, lossPairsOf, unreadLosses } from '../derive/losses';
import { overlaidRuns } from '../derive/run_choice';
import { runColorsIn } from '../derive/run_colors';
import { sideRun } from '../derive/side';
import { lossFigure } from '../files/loss_figure';
import { valueOf } from '../model/loadable';
import type { LossPoint } from '../model/loss';
import type { Look, LossAxis } from '../state/look';
import { Connected } from './connected';
import './figure_row_view';
import { makeLossChart } from './loss_chart';
import { formatDuration, type Chart } from './step_chart';
import { common } from './theme';

const AXES: Record<LossAxis, { readonly name: string; readonly ticks: number }> = {
  step: { name: 'step', ticks: 6 },
  relative: { name: 'time since the run’s first point', ticks: 6 },
  wall: { name: 'time', ticks: 2 },
};

type Selected = [
  run: string | null,
  curves: readonly Curve[],
  points: readonly LossPoint[],
  look: Look,
  isReady: boolean,
  /** Names of runs that belong to it and could not be read. */
  unread: string,
];

const NO_CURVES: readonly Curve[] = [];
const NO_POINTS: readonly LossPoint[] = [];

/** The loss plot as a figure. */
export class LossFiguresView extends Connected<Selected> {
  static override styles = [
    common,
    css`
      :host {
        margin-bottom: 8px;
        max-width: 320px;
      }
    `,
  ];

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const [selection, look] = [app.selection.value, app.look.value];
    const run = listing ? sideRun(listing, selection) : null;
    const pair = run && valueOf(lossPairOf(library, run));
    if (!listing || !pair) return [run?.name ?? null, NO_CURVES, NO_POINTS, look, false, ''];
    const runs = overlaidRuns(listing, selection);
    const pairs = lossPairsOf(library, runs);
    const curves = curvesShown(pair, pairs, look.lossTerm, runColorsIn(library, listing));
    const shown = shownCurves(curves, look.hiddenCurves);
    const ofAll = look.lossTerm === null ? [] : runs;
    const isReady = !lossesAreLoading(library, ofAll);
    const unread = unreadLosses(library, ofAll).join(', ');
    return [run.name, shown, leadingPoints(pair), look, isReady, unread];
  }

  protected override view(
    run: string | null,
    curves: readonly Curve[],
    _points: readonly LossPoint[],
    _look: Look,
    isReady: boolean,
  ) {
    if (run === null || !curves.length) return nothing;
    return html`<fm-figure-row
      .name=${'Loss plot'}
      .kind=${'losses'}
      .why=${isReady ? null : 'Loading …'}
      .make=${() => this.figure()}
      .fileName=${(size: string, extension: string) => `${fileName(run, curves)}${size}.${extension}`}
    ></fm-figure-row>`;
  }

  private figure() {
    const [run, curves, points, look, , unread] = this.selected;
    const { lossAxis, logScale, smoothing } = look;
    const isOverlaid = curves.some(({ runColor }) => runColor !== null);
    const stacked = look.lossView === 'stacked' && !isOverlaid;
    const chart = makeLossChart(curves, jumpsOf(points), stacked, logScale, smoothing, lossAxis);
    if (!chart || run === null) return null;
    const { name, ticks } = AXES[lossAxis];
    const plot = {
      ...{ logScale, ticks, axisName: name, from: stacked ? 0 : null },
      placeName: (place: number) => placeName(lossAxis, place),
    };
    const said = captions(run, curves, chart, look, stacked);
    const without = unread ? [`⚠ Not shown, since it could not be read: ${unread}`] : [];
    return lossFigure(chart.lines, chart.data, plot, [...said, ...without]);
  }
}
customElements.define('fm-loss-figures', LossFiguresView);

/** Where runs are drawn over each other, the file is named after what is drawn of them. */
function fileName(run: string, curves: readonly Curve[]): string {
  const isOverlaid = curves.some(({ runColor }) => runColor !== null);
  return isOverlaid ? `losses_${curves[0]!.termLabel}` : `${run}_losses`;
}

function placeName(axis: LossAxis, place: number): string {
  if (axis === 'relative') return formatDuration(place);
  return axis === 'wall' ? new Date(1000 * place).toLocaleString() : formatStep(place);
}

function captions(
  run: string,
  curves: readonly Curve[],
  chart: Chart,
  { smoothing, logScale }: Look,
  stacked: boolean,
): readonly string[] {
  const runs = new Set(curves.map(({ label }) => label)).size;
  const isOverlaid = curves.some(({ runColor }) => runColor !== null);
  const [first, last] = [chart.data[0]?.[0], chart.data[0]?.at(-1)];
  const places = [first, last].map((place) => placeName(chart.axis ?? 'step', place ?? 0));
  const of = isOverlaid ? `${runs} ${runs === 1 ? 'run' : 'runs'}` : run;
  const subject = isOverlaid ? `loss: ${curves[0]!.termLabel}` : 'loss terms';
  const how = [
    stacked ? 'on each other' : '',
    smoothing && !stacked ? `smoothed by ${smoothing.toFixed(2)}, pale without` : '',
    logScale ? 'logarithmic' : '',
  ].filter(Boolean);
  const range = `${chart.axis === 'step' ? 'steps ' : ''}${places.join(' – ')}`;
  return [[of, subject, range, ...how].join(' · ')];
}
