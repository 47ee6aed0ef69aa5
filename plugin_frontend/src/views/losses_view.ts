import { LitElement, css, html, nothing, unsafeCSS } from 'lit';
import plotStyle from 'uplot/dist/uPlot.min.css?inline';
import type { Controller } from '../store/controller';
import { curvesOf, residualAt, valueAt, type Curve } from '../store/loss_curves';
import type { State } from '../store/state';
import { formatValue } from './format';
import { LossPlot } from './loss_plot';
import { common } from './theme';

/** The loss split into its terms, tied to the step cursor in both directions. */
export class LossesView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    unsafeCSS(plotStyle),
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
  private plot: LossPlot | null = null;
  private readonly theme = new MutationObserver(() => this.plot?.redraw());

  override connectedCallback(): void {
    super.connectedCallback();
    this.theme.observe(document.documentElement, { attributeFilter: ['class'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.theme.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  override render() {
    const { losses, lossView, logScale } = this.state;
    const curves = curvesOf(losses);
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
      ></div>
      ${this.legend(curves)}
    </section>`;
  }

  override updated(): void {
    const target = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (!target) {
      this.plot?.destroy();
      this.plot = null;
      return;
    }
    this.plot ??= new LossPlot(target, (step) => this.controller.chooseStep(step));
    const { losses, lossView, logScale, step } = this.state;
    this.plot.show(losses, { stacked: lossView === 'stacked', logScale }, step);
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
    const head = this.state.outputs.find((one) => one.name === curve.term.output);
    return head && head.weight !== 1 ? ` × ${head.weight}` : '';
  }
}
customElements.define('fm-losses', LossesView);
