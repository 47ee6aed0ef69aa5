import { LitElement, css, html, nothing } from 'lit';
import type { Controller } from '../store/controller';
import type { State } from '../store/state';
import type { Store } from '../store/store';
import './channel_view';
import './empty_view';
import './layers_view';
import './losses_view';
import './outputs_view';
import './main_view';
import './timeline_view';
import { common } from './theme';

/** The whole tab: layers on the left, maps in the middle, losses on the right, time below. */
export class AppView extends LitElement {
  static override properties = { state: { state: true } };
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
      .banner {
        grid-area: banner;
      }
      .message {
        display: flex;
        gap: 12px;
        align-items: center;
        padding: 8px 16px;
        background: var(--bad-soft);
        color: var(--bad);
      }
      .message span {
        flex: 1;
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
        min-height: 0;
        overflow: auto;
        border-left: 1px solid var(--line);
        background: var(--panel);
      }
      footer {
        grid-area: time;
        border-top: 1px solid var(--line);
        background: var(--panel);
      }
      .only {
        grid-row: 1 / -1;
        grid-column: 1 / -1;
        overflow: auto;
      }
    `,
  ];

  store!: Store<State>;
  controller!: Controller;
  declare state: State;
  private unsubscribe: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.state = this.store.state;
    this.unsubscribe = this.store.subscribe((state) => (this.state = state));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe?.();
  }

  override render() {
    const { state, controller } = this;
    if (!state.loaded) return nothing;
    if (!state.runs.length) {
      return html`<div class="only">${this.banner()}<fm-empty></fm-empty></div>`;
    }
    return html`
      <div class="banner">${this.banner()}</div>
      <nav aria-label="Runs and layers">
        <fm-layers .state=${state} .controller=${controller}></fm-layers>
      </nav>
      <main><fm-main .state=${state} .controller=${controller}></fm-main></main>
      <aside aria-label="Losses and predictions">
        <fm-channel .state=${state} .controller=${controller}></fm-channel>
        <fm-losses .state=${state} .controller=${controller}></fm-losses>
        <fm-outputs .state=${state} .controller=${controller}></fm-outputs>
      </aside>
      <footer><fm-timeline .state=${state} .controller=${controller}></fm-timeline></footer>
    `;
  }

  private banner() {
    const { error, messages } = this.state;
    return html`
      ${
        error === null
          ? nothing
          : html`<div class="message" role="alert" data-testid="error-banner">
              <span>${error}</span>
              <button @click=${() => void this.controller.reload()}>Try again</button>
            </div>`
      }
      ${messages.map((message) => html`<div class="message"><span>${message}</span></div>`)}
    `;
  }
}
customElements.define('fm-app', AppView);
