import { LitElement, css, html } from 'lit';
import type { Controller } from '../store/controller';
import { currentLayer, currentRun, type State } from '../store/state';
import { formatShape } from './format';
import { common } from './theme';

/** The chosen layer's name, the probes to choose from, and the chosen one. */
export class ProbeView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 24px;
        padding: 16px 16px 8px;
      }
      .title {
        flex: 1;
        min-width: 0;
      }
      h1 {
        margin: 0;
        font-size: 18px;
        line-height: 24px;
        font-weight: 500;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .probes {
        display: flex;
        gap: 8px;
        /* Room for the pictures before they are there, so that the maps don't move. */
        min-height: 79px;
      }
      .probes button {
        height: auto;
        padding: 3px 3px 0;
        display: grid;
        justify-items: center;
        max-width: 96px;
      }
      img {
        display: block;
        width: 56px;
        height: 56px;
        object-fit: contain;
        image-rendering: pixelated;
        border-radius: 4px;
      }
      .probes span {
        font-size: 11px;
        line-height: 18px;
        max-width: 84px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;

  override render() {
    const layer = currentLayer(this.state);
    return html`
      <div class="title">
        <h1 title=${layer?.name ?? ''}>${layer?.name}</h1>
        <div class="muted">
          ${layer?.class_name} · ${layer ? formatShape(layer.shape) : ''} · ${layer?.channels}
          channels
        </div>
      </div>
      <div class="probes" role="group" aria-label="Probes">
        ${this.state.probePictures.map((address, index) => this.probe(address, index))}
      </div>
    `;
  }

  private probe(address: string, index: number) {
    const label = currentRun(this.state)?.probes?.labels[index] ?? `probe ${index}`;
    return html`<button
      data-testid="probe-item"
      aria-pressed=${index === this.state.probe}
      @click=${() => this.controller.chooseProbe(index)}
    >
      <img src=${address} alt="" data-testid="probe-image" /><span>${label}</span>
    </button>`;
  }
}
customElements.define('fm-probe', ProbeView);
