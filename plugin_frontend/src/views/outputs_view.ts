import { LitElement, css, html, nothing } from 'lit';
import type { HeadOutputs } from '../api/types';
import { currentRun, type State } from '../store/state';
import { nearestIndex } from '../store/steps';
import { common } from './theme';

const SHOWN_CLASSES = 5;

/** What each head predicts for the probe at the step of the cursor. */
export class OutputsView extends LitElement {
  static override properties = { state: {} };
  static override styles = [
    common,
    css`
      section {
        padding: 16px;
        border-top: 1px solid var(--line);
      }
      h3 {
        margin: 12px 0 4px;
        font-size: 13px;
        font-weight: 500;
        display: flex;
        justify-content: space-between;
      }
      .row {
        display: grid;
        grid-template-columns: 96px 1fr 48px;
        gap: 8px;
        align-items: center;
        font-size: 12px;
        line-height: 18px;
      }
      .row span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .true {
        font-weight: 600;
      }
      .track {
        height: 8px;
        border-radius: 4px;
        background: var(--hover);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        background: var(--series-1);
      }
      .true .fill {
        background: var(--accent);
      }
      .number {
        text-align: right;
      }
    `,
  ];
  declare state: State;

  override render() {
    const heads = [...this.state.outputs].sort(
      (a, b) => Number(b.role === 'main') - Number(a.role === 'main'),
    );
    if (!heads.length) return nothing;
    return html`<section data-testid="outputs">
      <h2>Predictions of the probe</h2>
      ${heads.map((head) => this.head(head))}
    </section>`;
  }

  private head(head: HeadOutputs) {
    const steps = head.steps.map((one) => one.step);
    const nearest = nearestIndex(steps, this.state.step ?? 0);
    const values = head.steps[nearest]?.values[this.state.probe];
    if (!values) return nothing;
    const truth = currentRun(this.state)?.probes?.labels[this.state.probe];
    const best = values
      .map((value, index) => ({ value, name: head.class_names[index] ?? String(index) }))
      .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity))
      .filter((one, rank) => rank < SHOWN_CLASSES || one.name === truth);
    return html`<h3>
        ${head.name}<span class="muted">${head.role ?? ''} · weight ${head.weight}</span>
      </h3>
      ${best.map((one) => this.row(one.name, one.value, one.name === truth))}`;
  }

  private row(name: string, value: number | null, isTrue: boolean) {
    const share = Math.max(0, Math.min(1, value ?? 0));
    return html`<div class="row ${isTrue ? 'true' : ''}">
      <span title=${name}>${isTrue ? '✓ ' : ''}${name}</span>
      <div class="track"><div class="fill" style="width:${100 * share}%"></div></div>
      <span class="number">${value === null ? '–' : value.toFixed(3)}</span>
    </div>`;
  }
}
customElements.define('fm-outputs', OutputsView);
