import { LitElement, css, html, nothing } from 'lit';
import { common } from './theme';

const MARGIN = 4;

/** A button that opens a panel of controls over the page; Escape or a click elsewhere closes it. */
export class MenuView extends LitElement {
  static override properties = { name: {}, label: {}, tip: {}, open: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        display: flex;
        min-width: 0;
      }
      button {
        display: flex;
        align-items: center;
        gap: 6px;
        max-width: 100%;
        padding: 0 8px;
      }
      .caret {
        color: var(--muted);
        font-size: 10px;
      }
      @container (width < 480px) {
        button {
          padding: 0 5px;
        }
        .caret {
          display: none;
        }
      }
      [popover] {
        position: fixed;
        margin: 0;
        inset: auto;
        padding: 12px;
        max-width: calc(100vw - ${2 * MARGIN}px);
        overflow: auto;
        overscroll-behavior: contain;
        color: inherit;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 8px;
        box-shadow: var(--shadow);
      }
    `,
  ];
  /** What tests and styles know it by. */
  declare name: string;
  /** What it is called where its button shows a sign or a value. */
  declare label: string;
  declare tip: string | undefined;
  declare open: boolean;

  constructor() {
    super();
    // Escape closes the panel, and nothing else with it.
    this.addEventListener('keydown', (event) => {
      if (this.open && event.key === 'Escape') event.stopPropagation();
    });
  }

  private get panel(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('[popover]')!;
  }

  override render() {
    return html`<button
        part="button"
        popovertarget="panel"
        aria-label=${this.label}
        aria-expanded=${this.open}
        title=${this.tip ?? nothing}
        data-testid="menu-${this.name}"
      >
        <slot name="button">${this.label}</slot><span class="caret" aria-hidden="true">▾</span>
      </button>
      <div
        id="panel"
        part="panel"
        popover
        role="group"
        aria-label=${this.label}
        @beforetoggle=${this.toggling}
        @toggle=${this.toggled}
      >
        <slot></slot>
      </div>`;
  }

  close(): void {
    this.panel.hidePopover();
  }

  private toggling(event: ToggleEvent): void {
    this.open = event.newState === 'open';
    // Beside the button before it is seen, to the right or left as there is room.
    if (this.open) requestAnimationFrame(() => this.place());
  }

  private toggled(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    this.place();
    this.dispatchEvent(new CustomEvent('menu-open'));
  }

  private place(): void {
    const { panel } = this;
    const { left, bottom } = this.getBoundingClientRect();
    const top = bottom + MARGIN;
    const furthest = innerWidth - panel.offsetWidth - MARGIN;
    panel.style.left = `${Math.max(MARGIN, Math.min(left, furthest))}px`;
    panel.style.top = `${top}px`;
    panel.style.maxHeight = `${innerHeight - top - MARGIN}px`;
  }
}
customElements.define('fm-menu', MenuView);
