import { css, html, nothing } from 'lit';
import type { Controller } from '../store/controller';
import {
  curvesOf,
  lossesAsCsv,
  plotData,
  residualAt,
  stackable,
  valueAt,
  weightAt,
  type Curve,
} from '../store/loss_curves';
import { Memo } from '../store/memo';
import type { State } from '../store/state';
import { download } from './download';
import { formatValue } from './format';
import { PlottedView, plotStyles } from './plotted';
import type { Chart, Line } from './step_plot';
import { common } from './theme';

const MOST_SMOOTHING = 0.99;

/** The loss split into its terms, tied to the step cursor in both directions. */
export class LossesView extends PlottedView {
  static override properties = { state: {}, controller: {}, zoomed: { state: true } };
  static override styles = [
    common,
    plotStyles,
    css`
      section {
        padding: 16px;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-bottom: 8px;
      }
      h2 {
        flex: 1;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin-top: 8px;
      }
      .tools label {
        flex: 1;
        min-width: 120px;
      }
      .tools input {
        flex: 1;
        min-width: 48px;
        margin: 0;
        accent-color: var(--accent);
      }
      .tools button {
        min-width: 28px;
        padding: 0 8px;
      }
      .plot {
        height: 260px;
        cursor: crosshair;
      }
      table {
        width: 100%;
        margin-top: 8px;
        border-collapse: collapse;
        font-size: 12px;
        line-height: 20px;
      }
      th {
        font-weight: 500;
        color: var(--muted);
        text-align: right;
        padding: 0;
      }
      th:first-child {
        text-align: left;
      }
      td {
        padding: 0;
        text-align: right;
      }
      td:first-child {
        text-align: left;
      }
      .key {
        display: inline-block;
        width: 16px;
        height: 0;
        border-top: 3px solid;
        margin-right: 8px;
        vertical-align: 4px;
      }
      .sum td {
        border-top: 1px solid var(--line);
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;
  declare zoomed: boolean;
  private readonly curves = new Memo<Curve[]>();
  private readonly charts = new Memo<Chart | null>();

  override render() {
    const { lossView, logScale } = this.state;
    const curves = this.drawnCurves();
    if (!curves.length) {
      return html`<section>
        <h2>Loss terms</h2>
        <p class="muted">None in this run. Add the callback <code>LossTerms</code>.</p>
      </section>`;
    }
    const stacked = lossView === 'stacked';
    return html`<section>
      <header>
        <h2>Loss terms</h2>
        <button
          aria-pressed=${stacked}
          @click=${() => this.controller.show({ lossView: stacked ? 'separate' : 'stacked' })}
        >
          Stacked
        </button>
        <button
          aria-pressed=${logScale}
          @click=${() => this.controller.show({ logScale: !logScale })}
        >
          Log
        </button>
      </header>
      <div
        class="plot"
        data-testid="loss-plot"
        data-cursor-step=${this.state.step ?? nothing}
        data-terms=${JSON.stringify(curves.filter((one) => !one.validation).map((c) => c.label))}
        role="img"
        aria-label="Loss terms over the steps; the table below holds their values at the cursor"
      ></div>
      ${this.tools()} ${this.legend(curves)}
    </section>`;
  }

  protected override chart(): Chart | null {
    const { losses, lossView, logScale, smoothing } = this.state;
    return this.charts.of([losses, lossView, logScale, smoothing], () =>
      chartOf(this.drawnCurves(), lossView === 'stacked', logScale, smoothing),
    );
  }

  protected override cursor(): number | null {
    return this.state.step;
  }

  protected override choose(step: number): void {
    this.controller.chooseStep(step);
  }

  protected override zoomChanged = (zoomed: boolean): void => {
    this.zoomed = zoomed;
  };

  private drawnCurves(): Curve[] {
    return this.curves.of([this.state.losses], () => curvesOf(this.state.losses));
  }

  private tools() {
    const { smoothing, losses } = this.state;
    const save = () =>
      losses && download(`losses_${losses.run}.csv`, new Blob([lossesAsCsv(losses)]));
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
            this.controller.show({ smoothing: Number((event.target as HTMLInputElement).value) })}
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

  private legend(curves: Curve[]) {
    const { step } = this.state;
    if (step === null) return nothing;
    const validation = curves.some((one) => one.validation);
    const train = curves.filter((one) => !one.validation);
    const residual = residualAt(curves, step);
    return html`<table data-testid="loss-legend">
      <thead>
        <tr>
          <th scope="col">at step ${step.toLocaleString('en')}</th>
          <th scope="col">train</th>
          ${validation ? html`<th scope="col">validation ┄</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${train.map((one) => this.legendRow(one, curves, step, validation))}
        <tr class="sum muted">
          <td title="total − Σ weighted − penalty">residual</td>
          <td data-testid="residual">${formatValue(residual)}</td>
          ${validation ? html`<td></td>` : nothing}
        </tr>
      </tbody>
    </table>`;
  }

  private legendRow(one: Curve, curves: Curve[], step: number, validation: boolean) {
    const other = curves.find((c) => c.validation && c.term.tag === one.term.tag);
    const weighted = one.term.kind === 'weighted' ? this.weightOf(one) : '';
    return html`<tr>
      <td>
        <span class="key" style="color:var(--series-${one.color % 6})"></span>${one.label}<span
          class="muted"
          >${weighted}</span
        >
      </td>
      <td>${formatValue(valueAt(one.term, step))}</td>
      ${validation ? html`<td>${formatValue(other && valueAt(other.term, step))}</td>` : nothing}
    </tr>`;
  }

  private weightOf(curve: Curve): string {
    const { losses, step } = this.state;
    const weight = losses && step !== null ? weightAt(losses, curve.term, step) : null;
    return weight === null || weight === 1 ? '' : ` × ${weight}`;
  }
}
customElements.define('fm-losses', LossesView);

function chartOf(
  curves: Curve[],
  stacked: boolean,
  logScale: boolean,
  smoothing: number,
): Chart | null {
  if (!curves.length) return null;
  const drawn = stacked ? stackable(curves) : curves;
  const lines = drawn.map((curve) => lineOf(curve, stacked));
  const data = plotData(curves, stacked, smoothing);
  if (stacked || !smoothing) return { lines, data, logScale, stacked };
  const [steps = [], ...columns] = plotData(curves, stacked);
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
