import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import type { Connection } from '../data/live';
import { memoisedList } from '../derive/memo';
import { runNamed } from '../derive/place';
import type { Gap } from '../model/run';
import { formatStep } from '../derive/format';
import { Connected } from './connected';
import { common } from './theme';

/** What could not be read or fetched, each once, with what can be done about it. */
export class MessagesView extends Connected<
  [Connection, readonly string[], readonly string[], readonly Gap[]]
> {
  static override styles = [
    common,
    css`
      .message {
        display: flex;
        gap: 12px;
        align-items: center;
        padding: 6px 16px;
        background: var(--bad-soft);
        color: var(--bad);
        overflow-wrap: anywhere;
      }
      .message span,
      ul {
        flex: 1;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        max-height: 66px;
        overflow: auto;
      }
      .note {
        background: var(--panel);
        color: var(--text);
        border-bottom: 1px solid var(--line);
      }
    `,
  ];
  private readonly sameProblems = memoisedList<string>();

  protected override select(
    app: AppState,
  ): [Connection, readonly string[], readonly string[], readonly Gap[]] {
    const { listing, library } = app;
    const { run } = app.selection.value;
    const gaps = listing && run !== null ? runNamed(listing, run)?.gaps : undefined;
    const problems = this.sameProblems(library.problems());
    return [app.connection.value, problems, listing?.messages ?? NO_MESSAGES, gaps ?? NO_GAPS];
  }

  protected override view(
    connection: Connection,
    problems: readonly string[],
    messages: readonly string[],
    gaps: readonly Gap[],
  ) {
    const others = problems.filter((problem) => problem !== connection.message);
    const lost = connection.state === 'lost' ? connection.message : null;
    const shown = [...(lost === null ? [] : [lost]), ...others];
    return html`${
      shown.length
        ? html`<div class="message" role="alert" data-testid="error-banner">
            <span>${shown.join(' ')}</span>
            <button @click=${() => this.actions.retry()}>Try again</button>
          </div>`
        : nothing
    }
    ${
      messages.length
        ? html`<div class="message note" data-testid="messages">
            <ul tabindex="0" aria-label="What could not be read">
              ${messages.map((message) => html`<li>${message}</li>`)}
            </ul>
          </div>`
        : nothing
    }
    ${gaps.map(
      ({ fromStep, toStep, lost: events }) =>
        html`<div class="message note" data-testid="gap">
          <span
            >Between steps ${formatStep(fromStep)} and ${formatStep(toStep)} of this run
            ${formatStep(events)} events were lost while it was written.</span
          >
        </div>`,
    )}`;
  }
}
customElements.define('fm-messages', MessagesView);

const NO_MESSAGES: readonly string[] = [];
const NO_GAPS: readonly Gap[] = [];
