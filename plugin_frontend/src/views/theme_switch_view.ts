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
  <path d="M13.5 9.7A6 6 0 1 1 6.3 2.5a4.8 4.8 0 0 0 7.2 7.2z" fill="currentColor" />
</svg>`;
