import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { curvesOf, plotData, stackable, type Curve } from '../derive/loss_curves';
import { lossPairOf, type LossPair } from '../derive/losses';
import { memoised } from '../derive/memo';
import { sideRun } from '../derive/side';
import { download } from '../files/download';
import { lossesAsCsv } from '../files/losses';
import type { Loadable } from '../model/loadable';
import type { Run } from '../model/run';
import type { Look } from '../state/look';
import { MOST_SMOOTHING } from '../state/url';
import './loss_table_view';
import { lossStyles } from './loss_styles';
import { Plotted, plotStyles } from './plotted';
import type { Chart, Line } from './step_plot';
import { common } from './theme';

type Selected = [Run | null, Loadable<LossPair> | null, Look, number | null];

/** The loss split into its terms, tied to the step cursor in both directions. */
export class LossesView extends Plotted<Selected> {
  static override properties = { zoomed: { state: true } };
  static override styles = [common, plotStyles, lossStyles];
  declare zoomed: boolean;
  private readonly chartOf = memoised(makeChart, 1);

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const run = listing ? sideRun(listing, app.selection.value) : null;
    const losses = run && lossPairOf(library, run);
    return [run, losses, app.look.value, app.timeline?.cursor ?? null];
  }

  protected override view(
    run: Run | null,
    losses: Loadable<LossPair> | null,
    look: Look,
    cursor: number | null,
  ) {
    if (!run) return nothing;
    if (!losses) {
      return this.message(
        html`None in this run so far. The callback <code>LossTerms</code> logs them.`,
      );
    }
    if (losses.status === 'loading') return this.message('Loading …');
    if (losses.status === 'failed') return this.message(losses.message);
    const { train, validation } = losses.value;
    const curves = curvesOf(losses.value);
    const labels = curves.filter((one) => !one.validation).map(({ label }) => label);
    const messages = [...train.messages, ...(validation?.messages ?? [])];
    return html`<section>
      ${this.header(run, look)}
      <div
        class="plot"
        data-testid="loss-plot"
        data-run=${run.name}
        data-cursor-step=${cursor ?? nothing}
        data-terms=${JSON.stringify(labels)}
        role="img"
        aria-label="Loss terms over the steps; the table below holds their values at the cursor"
      ></div>
      ${this.tools(look, losses.value)}
      <fm-loss-table .losses=${losses.value} .cursor=${cursor}></fm-loss-table>
      ${messages.map((message) => html`<p class="muted">${message}</p>`)}
    </section>`;
  }

  protected override chart(): Chart | null {
    const [, losses, { lossView, logScale, smoothing }] = this.selected;
    if (losses?.status !== 'ready') return null;
    return this.chartOf(curvesOf(losses.value), lossView === 'stacked', logScale, smoothing);
  }

  protected override zoomChanged = (zoomed: boolean): void => {
    this.zoomed = zoomed;
  };

  private message(content: unknown) {
    return html`<section>
      <h2>Loss terms</h2>
      <p class="muted" data-testid="losses-message">${content}</p>
    </section>`;
  }

  private header(run: Run, { lossView, logScale }: Look) {
    const stacked = lossView === 'stacked';
    const next = stacked ? 'separate' : 'stacked';
    return html`<header>
      <h2>Loss terms <bdi class="of" title=${run.name}>${run.name}</bdi></h2>
      <button aria-pressed=${stacked} @click=${() => this.actions.show({ lossView: next })}>
        Stacked
      </button>
      <button aria-pressed=${logScale} @click=${() => this.actions.show({ logScale: !logScale })}>
        Log
      </button>
    </header>`;
  }

  private tools({ smoothing }: Look, losses: LossPair) {
    const save = () => download(`losses_${losses.train.run}.csv`, new Blob([lossesAsCsv(losses)]));
    return html`<div class="tools">
      <label
        >Smoothing
        <input
          type="range"
          min="0"
          max=${MOST_SMOOTHING}
          step="0.01"
          data-testid="smoothing"
          .value=${String(smoothing)}
          aria-valuetext=${smoothing ? smoothing.toFixed(2) : 'none'}
          @input=${(event: Event) =>
            this.actions.show({ smoothing: Number((event.target as HTMLInputElement).value) })}
        />
      </label>
      <button aria-label="Zoom in" title="Zoom in" @click=${() => this.plot?.zoomIn()}>+</button>
      <button
        aria-label="Zoom out"
        title="Zoom out"
        ?disabled=${!this.zoomed}
        @click=${() => this.plot?.zoomOut()}
      >
        −
      </button>
      <button
        ?disabled=${!this.zoomed}
        data-testid="zoom-all"
        title="Show all steps"
        @click=${() => this.plot?.showAll()}
      >
        All
      </button>
      <button data-testid="download-losses" title="Save all terms as a table" @click=${save}>
        CSV
      </button>
    </div>`;
  }
}
customElements.define('fm-losses', LossesView);

function makeChart(
  curves: readonly Curve[],
  stacked: boolean,
  logScale: boolean,
  smoothing: number,
): Chart | null {
  if (!curves.length) return null;
  const drawn = stacked ? stackable(curves) : curves;
  const lines = drawn.map((curve) => lineOf(curve, stacked));
  const data = plotData(curves, stacked, smoothing);
  if (stacked || !smoothing) return { lines, data, logScale, stacked };
  const [steps = [], ...columns] = plotData(curves, stacked, 0);
  const pale = lines.map((line) => ({ ...line, pale: true, width: 1 }));
  return { lines: [...pale, ...lines], data: [steps, ...columns, ...data.slice(1)], logScale };
}

function lineOf(curve: Curve, stacked: boolean): Line {
  return {
    label: curve.label,
    color: `--series-${curve.color % 6}`,
    width: curve.term.kind === 'total' ? 2 : 1.5,
    dashed: curve.validation,
    filled: stacked,
    points: curve.validation && curve.term.points.length < 30,
  };
}
