import { ContextConsumer } from '@lit/context';
import { LitElement, css, html, nothing } from 'lit';
import { aggregateOf, leftOutOf, whyNotLeftOut } from '../derive/aggregates';
import { formatMeasured } from '../derive/format';
import type { Pane } from '../derive/panes';
import { topAggregate, topCount, type Aggregate } from '../model/aggregate';
import type { AggregateMap } from '../render/aggregate';
import { tabContext } from './context';
import { factStyles } from './fact_styles';
import { common } from './theme';

/** So many of the channels that a map is made of are named. */
const MOST_NAMED = 24;

/** What is known of a map over channels: its values as far as 8 bits tell, and what it is made of. */
export class AggregateFactsView extends LitElement {
  static override properties = { pane: {}, kind: {} };
  static override styles = [
    common,
    factStyles,
    css`
      :host {
        display: grid;
        gap: 8px;
        max-width: 240px;
        min-width: 156px;
        flex: 1;
        justify-content: start;
      }
      p {
        margin: 0;
        font-size: 12px;
        line-height: 18px;
      }
      .strongest button {
        height: 22px;
        padding: 0 6px;
        margin: 0 2px 2px 0;
      }
      input {
        width: 64px;
        height: 28px;
        font: inherit;
        color: inherit;
        padding: 0 8px;
        border: 1px solid var(--line);
        border-radius: 6px;
        background: var(--raised);
      }
    `,
  ];
  declare pane: Pane;
  declare kind: Aggregate;
  private readonly tab = new ContextConsumer(this, { context: tabContext });

  override render() {
    const map = aggregateOf(this.pane, this.kind);
    if (!map) return nothing;
    const isTop = topCount(this.kind) !== null;
    return html`<dl data-testid="aggregate-facts">
        ${Object.entries(summaryOf(map)).map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${formatMeasured(value, map.error)}</dd>`,
        )}
      </dl>
      ${isTop ? this.strongest(map) : html`<p class="muted">of ${map.channels.length} channels</p>`}
      ${this.leftOut()}`;
  }

  private strongest({ channels }: AggregateMap) {
    const rest = channels.length - MOST_NAMED;
    return html`<label title="How many of the channels with the largest mean for this probe"
        >Channels
        <input
          type="number"
          min="1"
          max=${this.pane.layer.channels}
          data-testid="top-count"
          .value=${String(topCount(this.kind))}
          @change=${this.counted}
        />
      </label>
      <p class="strongest" data-testid="top-channels">
        <span class="muted">the largest mean first:</span><br />
        ${channels
          .slice(0, MOST_NAMED)
          .map(
            (channel) =>
              html`<button
                aria-label="Channel ${channel}"
                @click=${() => this.tab.value!.actions.chooseChannel(channel)}
              >
                ${channel}
              </button>`,
          )}${rest > 0 ? html`<span class="muted">and ${rest} more</span>` : nothing}
      </p>`;
  }

  private leftOut() {
    const unknown = whyNotLeftOut(this.pane);
    if (unknown !== null) return html`<p data-testid="left-out">⚠ ${unknown}.</p>`;
    const { length } = leftOutOf(this.pane);
    if (!length) return nothing;
    return html`<p data-testid="left-out">
      ${length} ${length === 1 ? 'channel is' : 'channels are'} left out: not all values are finite.
    </p>`;
  }

  private counted(event: Event): void {
    const input = event.target as HTMLInputElement;
    const { valueAsNumber: count } = input;
    if (!input.reportValidity() || !Number.isInteger(count)) return;
    this.tab.value!.actions.chooseChannel(topAggregate(count));
  }
}
customElements.define('fm-aggregate-facts', AggregateFactsView);

/** Each is as unsure as the values at most. */
function summaryOf({ values }: AggregateMap): Record<string, number> {
  let [least, most, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  const mean = sum / values.length;
  for (const value of values) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  return { Minimum: least, Maximum: most, Mean: mean, Deviation: deviation };
}
