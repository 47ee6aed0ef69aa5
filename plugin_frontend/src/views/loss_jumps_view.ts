import { ContextConsumer } from '@lit/context';
import { LitElement, css, html, nothing } from 'lit';
import { formatStep, formatValue } from '../derive/format';
import { JUMP_MEANING, type Jump } from '../derive/jumps';
import { tabContext } from './context';
import { common } from './theme';

/** So many jumps have a button: the largest. */
const MOST = 4;

/** The jumps of the loss, each of which leads to its step. */
export class LossJumpsView extends LitElement {
  static override properties = { jumps: {} };
  static override styles = [
    common,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin-top: 4px;
        font-size: 12px;
      }
      button {
        height: 24px;
        padding: 0 8px;
      }
      .mark {
        color: var(--bad);
      }
    `,
  ];
  declare jumps: readonly Jump[];
  private readonly tab = new ContextConsumer(this, { context: tabContext });

  override render() {
    const { jumps } = this;
    if (!jumps.length) return nothing;
    const largest = [...jumps].sort((a, b) => b.rise - a.rise).slice(0, MOST);
    const shown = jumps.filter((jump) => largest.includes(jump));
    const rest = jumps.length - shown.length;
    return html`<div role="group" aria-label="Jumps of the loss" data-testid="jumps">
      <span title=${JUMP_MEANING}><span class="mark">▼</span> Jumps</span>
      ${shown.map(
        ({ step, rise }) =>
          html`<button
            title="Go to step ${formatStep(step)}. ${JUMP_MEANING}"
            @click=${() => this.tab.value!.actions.chooseStep(step)}
          >
            ${formatStep(step)}
            <span class="muted">${rise === Infinity ? 'not finite' : `+${formatValue(rise)}`}</span>
          </button>`,
      )}
      ${rest ? html`<span class="muted">${rest} smaller</span>` : nothing}
    </div>`;
  }
}
customElements.define('fm-loss-jumps', LossJumpsView);
