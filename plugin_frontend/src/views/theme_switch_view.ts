import { css, html, nothing } from 'lit';
import { Connected } from './connected';
import { common } from './theme';

/** Changes between light and dark, where no page around does. */
export class ThemeSwitchView extends Connected<[]> {
  static override styles = [
    common,
    css`
      :host {
        display: flex;
      }
      button {
        padding: 0 8px;
      }
      svg {
        display: block;
      }
    `,
  ];

  protected override select(): [] {
    return [];
  }

  protected override view() {
    const { switchTheme } = this.host;
    if (!switchTheme) return nothing;
    return html`<button
      data-testid="switch-theme"
      aria-label="Light or dark"
      title="Light or dark"
      @click=${switchTheme}
    >
      ${sign}
    </button>`;
  }
}
customElements.define('fm-theme-switch', ThemeSwitchView);

const sign = html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
  <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5" />
  <path d="M8 2.25a5.75 5.75 0 0 1 0 11.5z" fill="currentColor" />
</svg>`;
