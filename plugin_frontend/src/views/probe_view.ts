import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { placeOf } from '../derive/place';
import { probePictures } from '../derive/probes';
import type { PictureKey } from '../model/capture';
import type { Run } from '../model/run';
import { Connected } from './connected';
import { common } from './theme';

const NONE: readonly PictureKey[] = [];

/** The probes to choose from, and the chosen one. */
export class ProbeView extends Connected<[Run | null, readonly PictureKey[], number]> {
  static override styles = [
    common,
    css`
      .probes {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
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

  protected override select(app: AppState): [Run | null, readonly PictureKey[], number] {
    const { listing, library } = app;
    const selection = app.selection.value;
    if (!listing) return [null, NONE, 0];
    const { run } = placeOf(listing, selection.run, selection.layer);
    return [run, run ? probePictures(library, run) : NONE, selection.probe];
  }

  protected override view(run: Run | null, pictures: readonly PictureKey[], chosen: number) {
    return html`<div class="probes" role="group" aria-label="Probes">
      ${pictures.map((key, index) => this.probe(key, index, index === chosen, run))}
    </div>`;
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
