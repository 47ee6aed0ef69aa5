import { LitElement, html } from 'lit';
import { common } from './theme';

/** What is seen of the view, as it is. */
export class PictureFileView extends LitElement {
  static override styles = [common];

  override render() {
    return html`<button
      data-testid="download-grid"
      title="Save the picture as it is seen"
      @click=${() =>
        this.dispatchEvent(new CustomEvent('save-picture', { bubbles: true, composed: true }))}
    >
      PNG as seen
    </button>`;
  }
}
customElements.define('fm-picture-file', PictureFileView);
