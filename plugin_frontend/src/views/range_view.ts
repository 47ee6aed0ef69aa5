import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { CLIPS, type Look } from '../state/look';
import { choice } from './choice';
import { Connected } from './connected';
import { common } from './theme';

/** Which values the colours span: without outliers, or between ends that are set by hand. */
export class RangeView extends Connected<[Look]> {
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      label {
        justify-content: space-between;
      }
      select {
        width: 148px;
      }
      .ends {
        display: inline-flex;
        gap: 8px;
      }
      input {
        width: 70px;
        height: 28px;
        font: inherit;
        color: inherit;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 6px;
        padding: 0 6px;
      }
      p {
        margin: 0;
        color: var(--bad);
      }
    `,
  ];

  protected override select(app: AppState): [Look] {
    return [app.look.value];
  }

  protected override view({ clip, rangeLow, rangeHigh, scaling }: Look) {
    const crossed = rangeLow !== null && rangeHigh !== null && rangeLow >= rangeHigh;
    return html`${
        scaling === 'steps'
          ? html`<span class="muted">Fixed over steps, no values are left out.</span>`
          : this.clip(clip)
      }
      <label title="Ends of the colours; empty for those of the values"
        >Range
        <span class="ends"
          >${this.end('from', 'rangeLow', rangeLow)}${this.end('to', 'rangeHigh', rangeHigh)}</span
        ></label
      >
      ${crossed ? html`<p role="alert">The range ends before it begins, and is not used.</p>` : ''}`;
  }

  private clip(clip: number) {
    const names = CLIPS.map(String);
    return choice({
      label: 'Leave out',
      testId: 'clip-select',
      names,
      title: (name) => (name === '0' ? 'nothing' : `${100 * Number(name)} % at either end`),
      chosen: String(clip),
      choose: (name) => this.actions.show({ clip: Number(name) }),
    });
  }

  private end(name: string, key: 'rangeLow' | 'rangeHigh', value: number | null) {
    return html`<input
      type="number"
      step="any"
      placeholder=${name}
      aria-label="Range ${name}"
      data-testid="range-${name}"
      .value=${value === null ? '' : String(value)}
      @change=${(event: Event) => {
        const number = (event.target as HTMLInputElement).valueAsNumber;
        this.actions.show({ [key]: Number.isNaN(number) ? null : number });
      }}
    />`;
  }
}
customElements.define('fm-range', RangeView);
