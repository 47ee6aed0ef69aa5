import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import type { Sheet } from '../state/selection';
import { Connected } from './connected';
import './channel_view';
import './probe_point_view';
import './empty_view';
import './layers_view';
import './losses_view';
import './main_view';
import './messages_view';
import './outputs_view';
import './side_view';
import './timeline_view';
import './toolbar_view';
import { common } from './theme';

/** The whole tab: a row of controls, layers, the view, what stands beside it, and time below. */
export class AppView extends Connected<[boolean, boolean, string | null, Sheet | null]> {
  static override styles = [
    common,
    css`
      :host {
        height: 100vh;
        container-type: size;
        background: var(--surface);
      }
      .frame {
        height: 100%;
        display: grid;
        grid-template: auto auto minmax(0, 1fr) auto / 248px minmax(0, 1fr) clamp(
            300px,
            26cqw,
            560px
          );
        grid-template-areas: 'bar bar bar' 'banner banner banner' 'layers view side' 'time time time';
      }
      header {
        grid-area: bar;
        min-width: 0;
      }
      fm-messages {
        grid-area: banner;
        min-width: 0;
      }
      nav {
        grid-area: layers;
        min-height: 0;
        overflow: auto;
        background: var(--panel);
        border-right: 1px solid var(--line);
      }
      main {
        grid-area: view;
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
      /* What changes in one at each step has the others laid out and painted no more. */
      aside > * {
        contain: content;
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
      .skeleton .waiting {
        margin: 16px;
        text-align: left;
      }
      .skeleton div {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(96px, 1fr));
        gap: 4px;
        padding: 0 16px;
      }
      .skeleton span {
        aspect-ratio: 1;
        background: var(--hover);
      }
      @container (width < 900px) {
        .frame {
          grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr);
          grid-template-areas: 'bar' 'banner' 'view' 'time';
        }
        .only {
          grid-area: view;
        }
        nav,
        aside {
          display: none;
          z-index: 2;
          grid-area: view;
          box-shadow: var(--shadow);
        }
        nav {
          justify-self: start;
          width: min(320px, 88%);
        }
        aside {
          justify-self: end;
          width: min(400px, 92%);
        }
        [data-sheet='layers'] nav,
        [data-sheet='side'] aside {
          display: block;
        }
      }
    `,
  ];

  protected override select(app: AppState): [boolean, boolean, string | null, Sheet | null] {
    const listing = app.library.listing.peek(null);
    const known = listing.status === 'ready';
    const failed = listing.status === 'failed' ? listing.message : null;
    return [known, known && listing.value.runs.length > 0, failed, app.selection.value.sheet];
  }

  protected override view(
    known: boolean,
    anyRun: boolean,
    failed: string | null,
    sheet: Sheet | null,
  ) {
    return html`<div class="frame" data-sheet=${sheet ?? nothing}>
      <fm-messages></fm-messages>${known ? (anyRun ? parts : empty) : this.waiting(failed)}
    </div>`;
  }

  private waiting(failed: string | null) {
    if (failed === null) return skeleton;
    const why = this.app.source.made
      ? 'This report can not be read.'
      : 'Nothing is known of this log directory yet: TensorBoard has not answered.';
    return html`<div class="only">
      <p class="muted waiting" data-testid="waiting">${why}</p>
    </div>`;
  }
}
customElements.define('fm-app', AppView);

const skeleton = html`<div class="only skeleton" data-testid="waiting" aria-busy="true">
  <p class="muted waiting">Loading …</p>
  <div>${Array.from({ length: 24 }, () => html`<span></span>`)}</div>
</div>`;
const empty = html`<div class="only"><fm-empty></fm-empty></div>`;
const parts = html`
  <header><fm-toolbar></fm-toolbar></header>
  <nav aria-label="Layers"><fm-layers></fm-layers></nav>
  <main><fm-main></fm-main></main>
  <aside aria-label="Channel, losses and predictions">
    <fm-side></fm-side>
    <fm-channel></fm-channel>
    <fm-losses></fm-losses>
    <fm-probe-point></fm-probe-point>
    <fm-outputs></fm-outputs>
  </aside>
  <footer><fm-timeline></fm-timeline></footer>
`;
