import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { memoisedList } from '../derive/memo';
import type { Comparison } from '../state/selection';
import { Connected } from './connected';
import { common } from './theme';

/** What the maps are compared with: nothing, a step that is kept, or another run. */
export class CompareView extends Connected<[Comparison | null, number | null, readonly string[]]> {
  static override styles = [
    common,
    css`
      :host {
        display: inline-block;
      }
      select {
        max-width: 140px;
      }
    `,
  ];
  private readonly sameNames = memoisedList<string>();

  protected override select(app: AppState): [Comparison | null, number | null, readonly string[]] {
    const others = this.actions.otherRuns().map(({ name }) => name);
    const { timeline } = app;
    const step = timeline?.stops[timeline.index] ?? null;
    return [app.selection.value.comparison, step, this.sameNames(others)];
  }

  protected override view(
    comparison: Comparison | null,
    step: number | null,
    others: readonly string[],
  ) {
    const value = (one: Comparison | null) => (one ? JSON.stringify(one) : '');
    const chosen = value(comparison);
    const pinned: Comparison =
      comparison?.kind === 'step' ? comparison : { kind: 'step', step: step ?? 0 };
    return html`<label
      >Compare
      <select data-testid="compare-select" @change=${this.changed}>
        <option value="" ?selected=${chosen === ''}>nothing</option>
        <option value=${value(pinned)} ?selected=${chosen === value(pinned)}>
          ${comparison?.kind === 'step' ? 'step' : 'keep step'} ${formatStep(pinned.step)}
        </option>
        ${others.map((run) => {
          const other = value({ kind: 'run', run });
          return html`<option value=${other} ?selected=${chosen === other}>${run}</option>`;
        })}
      </select></label
    >`;
  }

  private changed(event: Event): void {
    const text = (event.target as HTMLSelectElement).value;
    this.actions.compare(text ? (JSON.parse(text) as Comparison) : null);
  }
}
customElements.define('fm-compare', CompareView);
