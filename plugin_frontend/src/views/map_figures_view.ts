import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { mapFileName, mapTitle } from '../derive/aggregates';
import { shownDifference } from '../derive/difference';
import { areLoaded, paneOf, panesOf, type Panes } from '../derive/panes';
import { mapsFigure, type Content } from '../files/maps_figure';
import { paneFileName } from '../files/names';
import type { MapId } from '../model/aggregate';
import type { Look } from '../state/look';
import { Connected } from './connected';
import './figure_row_view';
import { common } from './theme';

type Selected = [Panes | null, Look, readonly number[], MapId | null];

/** The maps, or the one that is open, as a figure with a caption and the scale of its colours. */
export class MapFiguresView extends Connected<Selected> {
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
        margin-bottom: 8px;
        max-width: 320px;
      }
    `,
  ];

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const look = app.look.value;
    const panes = listing ? panesOf(listing, app.selection.value, library) : null;
    return [panes, look, app.order, app.selection.value.channel];
  }

  protected override view(
    panes: Panes | null,
    look: Look,
    order: readonly number[],
    map: MapId | null,
  ) {
    const isReady = panes !== null && areLoaded(panes, look.scaling === 'steps');
    return html`${this.row('All maps', 'maps', order, isReady && order.length > 0)}
    ${map === null ? nothing : this.row(mapTitle(map), mapFileName(map), map, isReady)}`;
  }

  private row(name: string, kind: string, maps: Content['maps'], isReady: boolean) {
    return html`<fm-figure-row
      .name=${name}
      .kind=${kind}
      .ready=${isReady}
      .make=${() => this.figure(maps)}
      .fileName=${(size: string, extension: string) => this.fileName(kind + size, extension)}
    ></fm-figure-row>`;
  }

  private fileName(kind: string, extension: string): string {
    const [panes, look] = this.selected;
    const pane = paneOf(panes?.first ?? null)!;
    if (paneOf(panes!.second)?.picture.status !== 'ready') {
      return paneFileName(pane, kind, extension);
    }
    const compared = shownDifference(panes!, look) ? 'difference' : 'compared';
    return paneFileName(pane, `${kind}_${compared}`, extension);
  }

  private figure(maps: Content['maps']) {
    const [panes, look] = this.selected;
    return panes && mapsFigure({ panes, look, maps });
  }
}
customElements.define('fm-map-figures', MapFiguresView);
