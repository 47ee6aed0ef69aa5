import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { aggregatePanes, mapFileName, mapTitle } from '../derive/aggregates';
import { paneOf, panesOf, type Panes } from '../derive/panes';
import { whyNoMaps } from '../derive/readiness';
import { drawnOf, mapsFigure, type Content } from '../files/maps_figure';
import { paneFileName } from '../files/names';
import { isAggregate, type MapId } from '../model/aggregate';
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
    const byImportance = look.sort === 'importance';
    const why = panes ? whyNoMaps(panes, byImportance) : 'Loading …';
    const noChannels = order.length ? null : 'All channels are inactive for this probe.';
    return html`${this.row('All maps', 'maps', order, why ?? noChannels)}
    ${
      map === null
        ? nothing
        : this.row(mapTitle(map), mapFileName(map), map, why ?? this.whyNot(map, byImportance))
    }`;
  }

  /** Why there is no map over channels; null where there is, or it is a channel's own. */
  private whyNot(map: MapId, byImportance: boolean): string | null {
    const [panes] = this.selected;
    if (!panes || !isAggregate(map)) return null;
    return whyNoMaps(aggregatePanes(panes, map), byImportance);
  }

  private row(name: string, kind: string, maps: Content['maps'], why: string | null) {
    return html`<fm-figure-row
      .name=${name}
      .kind=${kind}
      .why=${why}
      .make=${() => this.figure(maps)}
      .fileName=${(size: string, extension: string) => this.fileName(maps, kind + size, extension)}
    ></fm-figure-row>`;
  }

  private fileName(maps: Content['maps'], kind: string, extension: string): string {
    const [panes, look] = this.selected;
    const { difference, panes: drawn } = drawnOf({ panes: panes!, look, maps });
    const compared = difference ? '_difference' : drawn.length > 1 ? '_compared' : '';
    return paneFileName(paneOf(panes!.first)!, kind + compared, extension);
  }

  private figure(maps: Content['maps']) {
    const [panes, look] = this.selected;
    return panes && mapsFigure({ panes, look, maps });
  }
}
customElements.define('fm-map-figures', MapFiguresView);
