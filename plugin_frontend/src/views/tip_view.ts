import { LitElement, css, html } from 'lit';
import { common } from './theme';

const DISTANCE = 14;

/** A small text that floats beside the pointer, above all else, and moves nothing. */
export class TipView extends LitElement {
  static override properties = { content: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 6px 10px;
        max-width: min(360px, 96vw);
        border-radius: 6px;
        background: var(--raised);
        border: 1px solid var(--line);
        box-shadow: var(--shadow);
        font-size: 12px;
        line-height: 18px;
        pointer-events: none;
      }
      :host(:not(:popover-open)) {
        display: none;
      }
    `,
  ];
  declare content: unknown;
  private place = { x: 0, y: 0 };

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = 'manual';
  }

  /** Shows a content beside a point of the window. */
  show(content: unknown, x: number, y: number): void {
    this.place = { x, y };
    this.content = content;
    this.requestUpdate();
    if (!this.matches(':popover-open')) this.showPopover();
  }

  hide(): void {
    if (this.matches(':popover-open')) this.hidePopover();
  }

  override render() {
    return html`${this.content}`;
  }

  protected override updated(): void {
    const { x, y } = this.place;
    const { offsetWidth: width, offsetHeight: height } = this;
    const besides = (at: number, size: number, room: number) =>
      at + DISTANCE + size <= room ? at + DISTANCE : Math.max(0, at - DISTANCE - size);
    this.style.left = `${besides(x, width, innerWidth)}px`;
    this.style.top = `${besides(y, height, innerHeight)}px`;
  }
}
customElements.define('fm-tip', TipView);
