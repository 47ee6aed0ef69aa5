import { LitElement, css, html, nothing } from 'lit';
import { formatStep, formatValue } from '../derive/format';
import { curvesOf, pointAt, residualAt, weightAt, type Curve } from '../derive/loss_curves';
import type { LossPair } from '../derive/losses';
import type { LossPoint } from '../model/loss';
import { common } from './theme';

/** What each loss term is at the cursor; a value of another step says of which. */
export class LossTableView extends LitElement {
  static override properties = { losses: {}, cursor: {} };
  static override styles = [
    common,
    css`
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
      td {
        padding: 0;
        text-align: right;
        white-space: nowrap;
      }
      td + td,
      th + th {
        padding-left: 8px;
      }
      th:first-child,
      td:first-child {
        text-align: left;
        max-width: 0;
        width: 45%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
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
  declare losses: LossPair;
  declare cursor: number | null;

  override render() {
    const { cursor } = this;
    const curves = curvesOf(this.losses);
    if (cursor === null || !curves.length) return nothing;
    const { validation } = this.losses;
    const train = curves.filter((one) => !one.validation);
    return html`<table data-testid="loss-legend">
      <thead>
        <tr>
          <th scope="col">at step ${formatStep(cursor)}</th>
          <th scope="col">train</th>
          ${validation ? html`<th scope="col">validation ┄</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${train.map((one) => this.row(one, curves, cursor))} ${this.residual(curves, cursor)}
      </tbody>
    </table>`;
  }

  private row(one: Curve, curves: readonly Curve[], cursor: number) {
    const { train, validation } = this.losses;
    const other = curves.find((c) => c.validation && c.term.tag === one.term.tag);
    const weight = one.term.kind === 'weighted' ? weightAt(train, one.term, cursor) : null;
    return html`<tr>
      <td title=${one.label}>
        <span class="key" style="color:var(--series-${one.color % 6})"></span
        ><bdi>${one.label}</bdi
        >${weight === null || weight === 1 ? nothing : html`<span class="muted"> × ${weight}</span>`}
      </td>
      <td>${shown(pointAt(one.term, cursor), cursor)}</td>
      ${validation ? html`<td>${shown(pointAt(other?.term, cursor), cursor)}</td>` : nothing}
    </tr>`;
  }

  private residual(curves: readonly Curve[], cursor: number) {
    const residual = residualAt(curves, cursor);
    return html`<tr class="sum muted">
      <td title="total − Σ weighted − penalty">residual</td>
      <td data-testid="residual">${residual ? shown(residual, cursor) : '–'}</td>
      ${this.losses.validation ? html`<td></td>` : nothing}
    </tr>`;
  }
}
customElements.define('fm-loss-table', LossTableView);

function shown(point: Pick<LossPoint, 'step' | 'value'> | undefined, cursor: number) {
  if (!point) return '–';
  const value = point.value === null ? 'not finite' : formatValue(point.value);
  if (point.step === cursor) return value;
  return html`${value} <span class="muted">@ ${formatStep(point.step)}</span>`;
}
