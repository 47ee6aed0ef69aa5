import { ContextConsumer } from '@lit/context';
import { LitElement, html, nothing } from 'lit';
import { formatStep, formatValue } from '../derive/format';
import { curvesOf, soloed, toggled, type Curve } from '../derive/loss_curves';
import { differenceAt, pointAt, residualAt, weightAt } from '../derive/loss_values';
import type { LossPair } from '../derive/losses';
import type { LossPoint, LossTerm } from '../model/loss';
import { lineDash } from '../render/palette';
import type { Look } from '../state/look';
import { tabContext } from './context';
import { curveColor, curveName } from './loss_chart';
import { lineKey } from './line_key';
import { lossTableStyles } from './loss_table_styles';
import { common } from './theme';

const KEY_TIP = 'A click hides it; a double click or Alt and a click shows it alone';

/** A cell of the table: a term whose value is shown, or what it differs by from another. */
type Cell =
  { readonly term: LossTerm | undefined } | { readonly from?: LossTerm; readonly to?: LossTerm };

/** What each curve is at the cursor; a value of another step says of which. The plot's legend. */
export class LossTableView extends LitElement {
  static override properties = { pair: {}, pairs: {}, curves: {}, look: {}, cursor: {} };
  static override styles = [common, lossTableStyles];
  declare pair: LossPair;
  declare pairs: readonly LossPair[];
  declare curves: readonly Curve[];
  declare look: Look;
  declare cursor: number | null;
  private readonly tab = new ContextConsumer(this, { context: tabContext });

  override render() {
    const { cursor, curves, pairs } = this;
    if (cursor === null || !curves.length) return nothing;
    if (pairs.length < 2) return this.table(['train', ...this.validation()], this.ownRows());
    const names = pairs.map(({ train }) => train.run);
    return this.look.lossTerm === null
      ? this.table([...names, 'difference'], this.comparedRows())
      : this.table(['value', 'difference'], this.overlaidRows());
  }

  private validation(): string[] {
    return this.pair.validation ? ['validation •'] : [];
  }

  private table(columns: readonly string[], rows: unknown) {
    return html`<table data-testid="loss-legend">
      <thead>
        <tr>
          <th scope="col">at step ${formatStep(this.cursor!)}</th>
          ${columns.map((name) => html`<th scope="col" title=${name}><bdi>${name}</bdi></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
  }

  /** Terms of one run, in training and in its validation. */
  private ownRows() {
    const { curves } = this;
    const train = curves.filter((curve) => !curve.validation);
    return [
      ...train.map((curve) => {
        const other = curves.find((candidate) => candidate.validation && candidate.id === curve.id);
        return this.row(curve, [
          { term: curve.term },
          ...this.validation().map(() => ({ term: other?.term })),
        ]);
      }),
      this.residual(),
    ];
  }

  /** Terms of two runs, and how much larger they are in the second. */
  private comparedRows() {
    const sides = this.pairs.slice(0, 2).map(curvesOf);
    const known = new Map(sides.flat().map((curve) => [curveName(curve), curve]));
    return [...known].map(([name, curve]) => {
      const [from, to] = sides.map((curves) => curves.find((c) => curveName(c) === name)?.term);
      return this.row(curve, [{ term: from }, { term: to }, difference(from, to)]);
    });
  }

  /** One term of several runs, and how much larger it is than in the first. */
  private overlaidRows() {
    return this.curves.map((curve) => {
      const first = this.curves.find((candidate) => candidate.validation === curve.validation);
      const cell = first === curve ? { term: undefined } : difference(first?.term, curve.term);
      return this.row(curve, [{ term: curve.term }, cell]);
    });
  }

  private row(curve: Curve, cells: readonly Cell[]) {
    const cursor = this.cursor!;
    return html`<tr>
      <td>${this.key(curve)}</td>
      ${cells.map((cell) => html`<td>${'term' in cell ? shown(pointAt(cell.term, cursor), cursor) : differing(cell, cursor)}</td>`)}
    </tr>`;
  }

  /** The legend's key of a curve, which hides it. */
  private key(curve: Curve) {
    const { hiddenCurves } = this.look;
    const name = curveName(curve);
    const isShown = !hiddenCurves.includes(curve.id);
    return html`<button
        class="term"
        aria-pressed=${isShown}
        title="${name}. ${KEY_TIP}"
        @click=${(event: MouseEvent) => this.hide(curve, event.altKey)}
        @dblclick=${() => this.hide(curve, true)}
      >
        ${lineKey(curveColor(curve), lineDash(curve.color))}<bdi>${name}</bdi></button
      >${this.weight(curve)}`;
  }

  private weight({ term, validation }: Curve) {
    if (term.kind !== 'weighted' || validation || this.pairs.length > 1) return nothing;
    const weight = weightAt(this.pair.train, term, this.cursor!);
    return weight === null || weight === 1
      ? nothing
      : html`<span class="muted" title="The loss weight, which the value holds already">
          × ${weight}</span
        >`;
  }

  private hide({ id }: Curve, alone: boolean): void {
    const { hiddenCurves } = this.look;
    const hidden = alone ? soloed(hiddenCurves, this.curves, id) : toggled(hiddenCurves, id);
    this.tab.value!.actions.show({ hiddenCurves: hidden });
  }

  private residual() {
    const cursor = this.cursor!;
    const residual = residualAt(this.curves, cursor);
    return html`<tr class="sum muted">
      <td title="total − Σ weighted − penalty">residual</td>
      <td data-testid="residual">${residual ? shown(residual, cursor) : '–'}</td>
      ${this.validation().map(() => html`<td></td>`)}
    </tr>`;
  }
}
customElements.define('fm-loss-table', LossTableView);

function difference(from: LossTerm | undefined, to: LossTerm | undefined): Cell {
  return { ...(from && { from }), ...(to && { to }) };
}

function differing({ from, to }: { from?: LossTerm; to?: LossTerm }, cursor: number) {
  const difference = differenceAt(from, to, cursor);
  if (difference) return shown(difference, cursor, true);
  return html`<span title="Not measured at the same step by both">–</span>`;
}

function shown(
  point: Pick<LossPoint, 'step' | 'value'> | undefined,
  cursor: number,
  signed = false,
) {
  if (!point) return '–';
  const sign = signed && point.value !== null && point.value > 0 ? '+' : '';
  const value = point.value === null ? 'not finite' : sign + formatValue(point.value);
  if (point.step === cursor) return value;
  return html`${value} <span class="muted">@ ${formatStep(point.step)}</span>`;
}
