import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { whyNoHealth } from '../derive/readiness';
import { healthFigure } from '../files/health_figure';
import { Connected } from './connected';
import './figure_row_view';
import { filesStyles } from './files_styles';
import { common } from './theme';

/** A layer's health as a figure. */
export class HealthFilesView extends Connected<[Pane | null]> {
  static override styles = [common, filesStyles];

  protected override select(app: AppState): [Pane | null] {
    const { listing, selection, library } = app;
    return [listing ? paneOf(panesOf(listing, selection.value, library).first) : null];
  }

  protected override view(pane: Pane | null) {
    if (!pane) return nothing;
    return html`<fm-figure-row
      .name=${'Health'}
      .kind=${'health'}
      .why=${whyNoHealth(pane)}
      .make=${() => healthFigure(pane)}
      .fileName=${(size: string, extension: string) =>
        `${pane.run.name}_${pane.layer.name}_probe${pane.probe + 1}_health${size}.${extension}`}
    ></fm-figure-row>`;
  }
}
customElements.define('fm-health-files', HealthFilesView);
