import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { Connected } from './connected';
import './channel_view';
import './probe_point_view';
import './empty_view';
import './layers_view';
import './losses_view';
import './main_view';
import './messages_view';
import './outputs_view';
import './runs_view';
import './side_view';
import './timeline_view';
import { common } from './theme';

/** The whole tab: layers on the left, maps in the middle, losses on the right, time below. */
export class AppView extends Connected<[boolean, boolean, string | null]> {
  static override styles = [
    common,
    css`
      :host {
        height: 100vh;
        display: grid;
        grid-template: auto minmax(0, 1fr) auto / 248px minmax(0, 1fr) minmax(320px, 26vw);
        grid-template-areas: 'banner banner banner' 'layers maps side' 'time time time';
        background: var(--surface);
      }
      fm-messages {
        grid-area: banner;
      }
      nav {
        grid-area: layers;
        min-height: 0;
        overflow: auto;
        background: var(--panel);
        border-right: 1px solid var(--line);
      }
      main {
        grid-area: maps;
        min-width: 0;
        min-height: 0;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      }
      aside {
        grid-area: side;
        min-width: 0;
        min-height: 0;
        overflow: auto;
        border-left: 1px solid var(--line);
        background: var(--panel);
      }
      footer {
        grid-area: time;
        min-width: 0;
        border-top: 1px solid var(--line);
        background: var(--panel);
      }
      .only {
        grid-area: layers / layers / side / side;
        overflow: auto;
      }
      .waiting {
        margin: 20vh auto;
        text-align: center;
      }
      @media (max-width: 900px) {
        :host {
          grid-template: auto minmax(0, 1fr) auto auto / 176px minmax(0, 1fr);
          grid-template-areas: 'banner banner' 'layers maps' 'side side' 'time time';
        }
        aside {
          max-height: 38vh;
          border-left: 0;
          border-top: 1px solid var(--line);
        }
      }
    `,
  ];

  protected override select(app: AppState): [boolean, boolean, string | null] {
    const listing = app.library.listing.peek(null);
    const known = listing.status === 'ready';
    const failed = listing.status === 'failed' ? listing.message : null;
    return [known, known && listing.value.runs.length > 0, failed];
  }

  protected override view(known: boolean, anyRun: boolean, failed: string | null) {
    return html`<fm-messages></fm-messages>${
        known ? (anyRun ? parts : empty) : this.waiting(failed)
      }`;
  }

  private waiting(failed: string | null) {
    return html`<div class="only">
      <p class="muted waiting" data-testid="waiting">
        ${failed === null ? 'Loading …' : 'Nothing is known of this log directory yet.'}
      </p>
    </div>`;
  }
}
customElements.define('fm-app', AppView);

const empty = html`<div class="only"><fm-empty></fm-empty></div>`;
const parts = html`
  <nav aria-label="Runs and layers"><fm-runs></fm-runs><fm-layers></fm-layers></nav>
  <main><fm-main></fm-main></main>
  <aside aria-label="Losses and predictions">
    <fm-side></fm-side>
    <fm-channel></fm-channel>
    <fm-losses></fm-losses>
    <fm-probe-point></fm-probe-point>
    <fm-outputs></fm-outputs>
  </aside>
  <footer><fm-timeline></fm-timeline></footer>
`;
