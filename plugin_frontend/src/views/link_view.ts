import { css, html, nothing } from 'lit';
import { addressOf } from '../state/link';
import { Connected } from './connected';
import { common } from './theme';

const SAID_MILLISECONDS = 2000;

/** Copies a link to exactly what is seen: it stays at its step, also while the run goes on. */
export class LinkView extends Connected<[]> {
  static override properties = { said: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        display: flex;
      }
      button {
        padding: 0 8px;
        white-space: nowrap;
      }
      svg {
        display: block;
      }
    `,
  ];
  declare said: string | null;

  protected override select(): [] {
    return [];
  }

  protected override view() {
    // A page without an address has no link.
    if (this.host.linkTo({}) === null) return nothing;
    return html`<button
      data-testid="copy-link"
      aria-label=${this.said ?? 'Copy link'}
      title="Copy a link to exactly what is seen, at this step"
      @click=${() => void this.copy()}
    >
      ${this.said ?? sign}
    </button>`;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.host.linkTo(addressOf(this.app, false)) ?? '');
      this.said = 'Copied';
    } catch {
      this.said = 'Not allowed';
    }
    setTimeout(() => (this.said = null), SAID_MILLISECONDS);
  }
}
customElements.define('fm-link', LinkView);

const sign = html`<svg
  width="16"
  height="16"
  viewBox="0 0 16 16"
  fill="none"
  stroke="currentColor"
  stroke-width="1.5"
  stroke-linecap="round"
  aria-hidden="true"
>
  <path d="M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.8-2.8a2.5 2.5 0 0 0-3.6-3.6l-.8.8" />
  <path d="M9.500 6.5a2.5 2.500 0 0 0-3.6 0L3.100 9.300a2.500 2.500 0 0 0 3.600 3.600l.8-.8" />
</svg>`;
