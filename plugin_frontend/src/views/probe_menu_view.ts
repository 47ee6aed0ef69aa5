import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { placeOf } from '../derive/place';
import { probePictures } from '../derive/probes';
import type { PictureKey } from '../model/capture';
import { Connected } from './connected';
import './menu_view';
import './probe_view';
import { common } from './theme';

/** The chosen probe, and the others to choose from. */
export class ProbeMenuView extends Connected<[PictureKey | null, string | null]> {
  static override styles = [
    common,
    css`
      .probe {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
      }
      img {
        flex: none;
        width: 22px;
        height: 22px;
        object-fit: contain;
        image-rendering: pixelated;
        border-radius: 3px;
      }
      bdi {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  protected override select(app: AppState): [PictureKey | null, string | null] {
    const { listing, library } = app;
    const { run: name, layer, probe } = app.selection.value;
    const run = listing && placeOf(listing, name, layer).run;
    if (!run?.probes) return [null, null];
    const label = run.probes.labels[probe] ?? `probe ${probe}`;
    return [probePictures(library, run)[probe] ?? null, label];
  }

  protected override view(picture: PictureKey | null, label: string | null) {
    if (label === null) return nothing;
    return html`<fm-menu .name=${'probe'} .label=${`Probe: ${label}`} .tip=${label}
      ><span slot="button" class="probe"
        >${
          picture ? html`<img src=${this.app.source.pictureAddress(picture)} alt="" />` : nothing
        }<bdi>${label}</bdi></span
      ><fm-probe></fm-probe
    ></fm-menu>`;
  }
}
customElements.define('fm-probe-menu', ProbeMenuView);
