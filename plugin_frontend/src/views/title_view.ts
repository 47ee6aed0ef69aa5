import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatShape } from '../derive/format';
import { placeOf } from '../derive/place';
import type { Layer } from '../model/run';
import type { View } from '../state/selection';
import './compare_view';
import { Connected } from './connected';
import './legend_view';
import { common } from './theme';

/** Above the view: which layer it is of; of maps also what they are compared with, and the scale. */
export class TitleView extends Connected<[Layer | null, View]> {
  static override styles = [
    common,
    css`
      :host {
        container-type: inline-size;
        border-bottom: 1px solid var(--line);
      }
      .row {
        display: flex;
        align-items: center;
        gap: 4px 16px;
        min-height: 40px;
        padding: 4px 16px;
      }
      .name {
        flex: 1 1 0;
        min-width: 96px;
        display: flex;
        align-items: baseline;
        gap: 12px;
        overflow: hidden;
        white-space: nowrap;
      }
      h1 {
        margin: 0;
        flex: 0 1 auto;
        min-width: 48px;
        font-size: 15px;
        line-height: 24px;
        font-weight: 500;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .shape {
        flex: 1 1000 0;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      fm-legend {
        /* The same for all values, so that it never moves what stands beside it. */
        flex: 0 1 224px;
        min-width: 88px;
      }
      @container (width < 720px) {
        .shape {
          display: none;
        }
      }
      @container (width < 560px) {
        .row {
          padding: 4px 8px;
          gap: 4px 8px;
        }
        fm-legend {
          display: none;
        }
      }
    `,
  ];

  protected override select(app: AppState): [Layer | null, View] {
    const { listing, selection } = app;
    const { run, layer, view } = selection.value;
    return [listing ? placeOf(listing, run, layer).layer : null, view];
  }

  protected override view(layer: Layer | null, view: View) {
    if (!layer) return nothing;
    const shape = formatShape(layer.shape);
    const details = `${layer.className} · ${shape} · ${layer.channels} channels`;
    return html`<div class="row">
      <div class="name" title="${layer.name} · ${details}">
        <h1><bdi>${layer.name}</bdi></h1>
        <span class="muted shape">${details}</span>
      </div>
      ${view === 'maps' ? html`<fm-compare></fm-compare><fm-legend></fm-legend>` : nothing}
    </div>`;
  }
}
customElements.define('fm-title', TitleView);
