import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { memoisedList } from '../derive/memo';
import { COMPARINGS, type Comparing } from '../state/look';
import type { Comparison } from '../state/selection';
import { choice } from './choice';
import { Connected } from './connected';
import { common } from './theme';

const MANNERS: Record<Comparing, string> = {
  beside: 'side by side',
  difference: 'difference',
  swipe: 'swipe',
};

/** What the maps are compared with: nothing, a step that is kept, or another run. */
export class CompareView extends Connected<
  [Comparison | null, number | null, readonly string[], Comparing]
> {
  static override styles = [
    common,
    css`
      :host {
        display: inline-flex;
        gap: 8px;
      }
      select {
        max-width: 116px;
      }
      @container (width < 400px) {
        select {
          max-width: 70px;
        }
      }
    `,
  ];
  private readonly sameNames = memoisedList<string>();

  protected override select(
    app: AppState,
  ): [Comparison | null, number | null, readonly string[], Comparing] {
    const others = this.actions.otherRuns().map(({ name }) => name);
    const { timeline } = app;
    const step = timeline?.stops[timeline.index] ?? null;
    const { comparing } = app.look.value;
    return [app.selection.value.comparison, step, this.sameNames(others), comparing];
  }

  protected override view(
    comparison: Comparison | null,
    step: number | null,
    others: readonly string[],
    comparing: Comparing,
  ) {
    const value = (compared: Comparison | null) => (compared ? JSON.stringify(compared) : '');
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
      >${comparison ? this.manner(comparing) : nothing}`;
  }

  private manner(comparing: Comparing) {
    return choice({
      label: 'as',
      testId: 'comparing-select',
      names: COMPARINGS,
      title: (name) => MANNERS[name],
      chosen: comparing,
      choose: (name) => this.actions.show({ comparing: name }),
    });
  }

  private changed(event: Event): void {
    const text = (event.target as HTMLSelectElement).value;
    this.actions.compare(text ? (JSON.parse(text) as Comparison) : null);
  }
}
customElements.define('fm-compare', CompareView);
