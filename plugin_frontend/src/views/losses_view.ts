import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { jumpsOf } from '../derive/jumps';
import { curvesShown, leadingPoints, shownCurves, type Curve } from '../derive/loss_curves';
import { lossPairOf, lossPairsOf, type LossPair } from '../derive/losses';
import { overlaidRuns } from '../derive/run_choice';
import { runColorsIn, type RunColors } from '../derive/run_colors';
import { sideRun } from '../derive/side';
import type { Loadable } from '../model/loadable';
import type { Run } from '../model/run';
import type { Look } from '../state/look';
import { makeLossChart } from './loss_chart';
import './loss_jumps_view';
import './loss_table_view';
import './loss_tools_view';
import { panelStyles } from './panel_styles';
import { Plotted, plotStyles } from './plotted';
import type { Chart } from './step_chart';
import { common } from './theme';

type Selected = [
  Run | null,
  Loadable<LossPair> | null,
  readonly LossPair[],
  Look,
  number | null,
  RunColors,
];

/** The loss split into its terms, or one term of several runs, tied to the step cursor. */
export class LossesView extends Plotted<Selected> {
  static override properties = { zoomed: { state: true } };
  static override styles = [common, plotStyles, panelStyles];
  declare zoomed: boolean;

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const selection = app.selection.value;
    const run = listing ? sideRun(listing, selection) : null;
    const runs = listing ? overlaidRuns(listing, selection) : [];
    return [
      run,
      run && lossPairOf(library, run),
      lossPairsOf(library, runs),
      app.look.value,
      app.timeline?.cursor ?? null,
      runColorsIn(library, listing),
    ];
  }

  protected override view(
    run: Run | null,
    losses: Loadable<LossPair> | null,
    pairs: readonly LossPair[],
    look: Look,
    cursor: number | null,
    colors: RunColors,
  ) {
    if (!run) return nothing;
    if (!losses) {
      return this.message(
        html`None in this run so far. The callback <code>LossTerms</code> logs them.`,
      );
    }
    if (losses.status === 'loading') return this.message('Loading …');
    if (losses.status === 'failed') return this.message(losses.message);
    const pair = losses.value;
    const curves = curvesShown(pair, pairs, look.lossTerm, colors);
    const messages = [...pair.train.messages, ...(pair.validation?.messages ?? [])];
    return html`<section>
      <fm-loss-tools
        .pair=${pair}
        .pairs=${pairs}
        .look=${look}
        .zoomed=${this.zoomed}
        .plot=${() => this.plot}
      ></fm-loss-tools>
      ${this.frame(run, curves, look, cursor)}
      <fm-loss-jumps .jumps=${jumpsOf(leadingPoints(pair))}></fm-loss-jumps>
      <fm-loss-table
        .pair=${pair}
        .pairs=${pairs}
        .curves=${curves}
        .look=${look}
        .cursor=${cursor}
      ></fm-loss-table>
      ${messages.map((message) => html`<p class="muted">${message}</p>`)}
    </section>`;
  }

  protected override chart(): Chart | null {
    const [, losses, pairs, look, , colors] = this.selected;
    if (losses?.status !== 'ready') return null;
    const { lossView, lossAxis, logScale, smoothing, hiddenCurves } = look;
    const overlaid = isOverlaid(pairs, look);
    const shown = shownCurves(
      curvesShown(losses.value, pairs, look.lossTerm, colors),
      hiddenCurves,
    );
    const jumps = jumpsOf(leadingPoints(losses.value));
    const stacked = lossView === 'stacked' && !overlaid;
    return makeLossChart(shown, jumps, stacked, logScale, smoothing, lossAxis);
  }

  protected override zoomChanged = (zoomed: boolean): void => {
    this.zoomed = zoomed;
  };

  private frame(run: Run, curves: readonly Curve[], look: Look, cursor: number | null) {
    const shown = shownCurves(curves, look.hiddenCurves);
    if (!shown.length) return html`<p class="muted">All terms are hidden.</p>`;
    const labels = shown.filter((curve) => !curve.validation).map(({ label }) => label);
    return html`<div
      class="plot"
      data-testid="loss-plot"
      data-run=${run.name}
      data-cursor-step=${cursor ?? nothing}
      data-terms=${JSON.stringify(labels)}
      data-axis=${look.lossAxis}
      role="img"
      aria-label="Loss terms over the steps; the table below holds their values at the cursor"
    ></div>`;
  }

  private message(content: unknown) {
    return html`<section>
      <h2>Loss terms</h2>
      <p class="muted" data-testid="losses-message">${content}</p>
    </section>`;
  }
}
customElements.define('fm-losses', LossesView);

/** Whether one term of several runs is drawn. */
function isOverlaid(pairs: readonly LossPair[], { lossTerm }: Look): boolean {
  return lossTerm !== null && pairs.length > 1;
}
