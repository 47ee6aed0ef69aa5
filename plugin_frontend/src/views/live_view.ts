import { css, html } from 'lit';
import type { AppState } from '../app_state';
import type { Connection } from '../data/live';
import { Connected } from './connected';
import { common } from './theme';

const CONNECTIONS: Record<Connection['state'], readonly [string, string]> = {
  live: ['Live', 'What is new appears by itself'],
  lost: ['Not live', 'TensorBoard does not answer; it is asked again by and by'],
  paused: ['Paused', 'While this page is not seen, nothing is asked for'],
};

/** Whether what is shown is kept up to date, or of which day it is. */
export class LiveView extends Connected<[Connection]> {
  static override styles = [
    common,
    css`
      span {
        font-size: 12px;
        white-space: nowrap;
      }
      span::before {
        content: '';
        display: inline-block;
        width: 8px;
        height: 8px;
        margin-right: 6px;
        border-radius: 50%;
        background: var(--muted);
      }
      [data-state='live']::before {
        background: var(--series-5);
      }
      [data-state='lost']::before {
        background: var(--bad);
      }
      i {
        font-style: normal;
      }
    `,
  ];

  protected override select(app: AppState): [Connection] {
    return [app.connection.value];
  }

  protected override view({ state }: Connection) {
    const { made } = this.app.source;
    if (made) return report(made);
    const [text, tip] = CONNECTIONS[state];
    return html`<span class="muted" data-testid="live" data-state=${state} title=${tip}
      ><i part="text">${text}</i></span
    >`;
  }
}
customElements.define('fm-live', LiveView);

function report(made: Date) {
  const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(made);
  const moment = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short' });
  const tip = `Made on ${moment.format(made)}. What was logged later is not here.`;
  return html`<span class="muted" data-testid="live" data-state="report" title=${tip}
    ><i part="text">Report<i part="day">, made on ${day}</i></i></span
  >`;
}
