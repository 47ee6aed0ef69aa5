import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { formatShape } from '../derive/format';
import { placeOf } from '../derive/place';
import { probePictures } from '../derive/probes';
import type { PictureKey } from '../model/capture';
import type { Layer, Run } from '../model/run';
import { Connected } from './connected';
import { common } from './theme';

const NONE: readonly PictureKey[] = [];

/** The chosen layer's name, the probes to choose from, and the chosen one. */
export class ProbeView extends Connected<
  [Run | null, Layer | null, readonly PictureKey[], number]
> {
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
      }
      h1,
      .shape {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .probes {
        display: flex;
        gap: 8px;
        max-width: 70%;
        overflow-x: auto;
        /* Room for the pictures before they are there, so that the maps don't move. */
        min-height: 79px;
      }
      .probes button {
        flex: none;
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
      .probes bdi {
        font-size: 11px;
        line-height: 18px;
        max-width: 84px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  protected override select(
    app: AppState,
  ): [Run | null, Layer | null, readonly PictureKey[], number] {
    const { listing, library } = app;
    const selection = app.selection.value;
    if (!listing) return [null, null, NONE, 0];
    const { run, layer } = placeOf(listing, selection.run, selection.layer);
    return [run, layer, run ? probePictures(library, run) : NONE, selection.probe];
  }

  protected override view(
    run: Run | null,
    layer: Layer | null,
    pictures: readonly PictureKey[],
    chosen: number,
  ) {
    const details = layer
      ? `${layer.className} · ${formatShape(layer.shape)} · ${layer.channels} channels`
      : '';
    return html`
      <div class="title">
        <h1 title=${layer?.name ?? ''}><bdi>${layer?.name}</bdi></h1>
        <div class="muted shape" title=${details}>${details}</div>
      </div>
      <div class="probes" role="group" aria-label="Probes">
        ${pictures.map((key, index) => this.probe(key, index, index === chosen, run))}
      </div>
    `;
  }

  private probe(key: PictureKey, index: number, chosen: boolean, run: Run | null) {
    const label = run?.probes?.labels[index] ?? `probe ${index}`;
    return html`<button
      data-testid="probe-item"
      aria-pressed=${chosen}
      title=${label}
      @click=${() => this.actions.chooseProbe(index)}
    >
      <img src=${this.app.source.pictureAddress(key)} alt="" data-testid="probe-image" /><bdi
        >${label}</bdi
      >
    </button>`;
  }
}
customElements.define('fm-probe', ProbeView);
