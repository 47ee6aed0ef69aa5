import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { download } from '../files/download';
import { paneFileName } from '../files/names';
import { isExpected } from '../model/failures';
import { Connected } from './connected';
import './picture_file_view';
import { common } from './theme';

/** What can be taken away of the maps: what is seen of them, and the raw atlas. */
export class MapFilesView extends Connected<[Pane | null]> {
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
    `,
  ];

  protected override select(app: AppState): [Pane | null] {
    const { listing, selection, library } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    return [paneOf(panes?.first ?? null)];
  }

  protected override view(pane: Pane | null) {
    return html`<fm-picture-file></fm-picture-file>
      <button
        data-testid="download-atlas"
        title="Save the raw atlas, with its scale inside"
        ?disabled=${pane?.picture.status !== 'ready'}
        @click=${() => void this.saveAtlas(pane)}
      >
        Raw atlas
      </button>`;
  }

  private async saveAtlas(pane: Pane | null): Promise<void> {
    const key = pane?.capture?.pictures[pane.probe];
    if (!pane?.capture || !key) return;
    const name = paneFileName(pane, 'atlas', 'png');
    try {
      download(name, await this.app.source.pictureFile(key, new AbortController().signal));
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.app.live.settled(error);
    }
  }
}
customElements.define('fm-map-files', MapFilesView);
