import { LitElement, css, html } from 'lit';
import { KEYS } from '../host/keyboard';
import { common } from './theme';

/** The keys of the tab, in a dialog; its button or “?” opens it. */
export class KeysView extends LitElement {
  static override styles = [
    common,
    css`
      :host {
        display: flex;
      }
      button {
        min-width: 28px;
        padding: 0 8px;
      }
      dialog {
        color: inherit;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 8px;
        box-shadow: var(--shadow);
        padding: 16px;
        max-width: min(420px, calc(100vw - 16px));
        max-height: calc(100vh - 16px);
        overflow: auto;
      }
      .title {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
        margin: 0;
      }
      dd {
        margin: 0;
      }
      kbd {
        font: inherit;
        padding: 1px 6px;
        border: 1px solid var(--line);
        border-radius: 4px;
        background: var(--panel);
        white-space: nowrap;
      }
    `,
  ];
  private readonly asked = () => this.open();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('show-keys', this.asked);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('show-keys', this.asked);
  }

  override render() {
    return html`<button data-testid="keys" aria-label="Keys" title="Keys (?)" @click=${this.open}>
        ?
      </button>
      <dialog aria-labelledby="title" data-testid="keys-dialog" closedby="any">
        <div class="title">
          <h2 id="title">Keys</h2>
          <button aria-label="Close" @click=${this.close}>✕</button>
        </div>
        <dl>
          ${KEYS.map(
            ({ names, does }) =>
              html`<dt>${names.map((name) => html`<kbd>${name}</kbd> `)}</dt>
                <dd>${does}</dd>`,
          )}
        </dl>
      </dialog>`;
  }

  private get dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog')!;
  }

  private open(): void {
    if (!this.dialog.open) this.dialog.showModal();
  }

  private close(): void {
    this.dialog.close();
  }
}
customElements.define('fm-keys', KeysView);
