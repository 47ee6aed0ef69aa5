import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { mapFileName, mapTitle } from '../derive/aggregates';
import { paneOf, panesOf, type Panes } from '../derive/panes';
import { download } from '../files/download';
import { layoutFigure } from '../files/figure';
import { drawFigure, fitsScale, textWidth } from '../files/figure_png';
import { figureSvg } from '../files/figure_svg';
import { mapsFigure, type Content } from '../files/maps_figure';
import { paneFileName } from '../files/names';
import type { MapId } from '../model/aggregate';
import type { Look } from '../state/look';
import { Connected } from './connected';
import { common } from './theme';

const SCALES = [1, 2, 4] as const;

type Selected = [Panes | null, Look, readonly number[], MapId | null];

/** The maps, or the one that is open, as a figure with a caption and the scale of its colours. */
export class MapFiguresView extends Connected<Selected> {
  static override properties = { problem: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
        margin-bottom: 8px;
        max-width: 280px;
      }
      div {
        display: flex;
        align-items: center;
        gap: 4px;
      }
      span {
        flex: 1;
        white-space: nowrap;
        margin-right: 12px;
      }
      p {
        margin: 0;
        color: var(--bad);
      }
    `,
  ];
  declare problem: string | undefined;

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const look = app.look.value;
    const panes = listing ? panesOf(listing, app.selection.value, library) : null;
    return [panes, look, app.order, app.selection.value.channel];
  }

  protected override view(
    panes: Panes | null,
    _look: Look,
    order: readonly number[],
    map: MapId | null,
  ) {
    const isReady = paneOf(panes?.first ?? null)?.picture.status === 'ready';
    return html`${this.row('All maps', 'maps', order, isReady && order.length > 0)}
    ${map === null ? nothing : this.row(mapTitle(map), mapFileName(map), map, isReady)}
    ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}`;
  }

  private row(name: string, kind: string, maps: Content['maps'], isReady: boolean) {
    const button = (text: string, tip: string, save: () => void) =>
      html`<button
        title="Figure with caption and colour scale, ${tip}"
        data-testid="figure-${kind}-${text}"
        ?disabled=${!isReady}
        @click=${save}
      >
        ${text}
      </button>`;
    return html`<div role="group" aria-label="Figure: ${name}">
      <span>${name}</span>
      ${SCALES.map((scale) =>
        button(`×${scale}`, `PNG, ${scale} times`, () => void this.savePng(kind, maps, scale)),
      )}
      ${button('SVG', 'SVG', () => void this.saveSvg(kind, maps))}
    </div>`;
  }

  private async savePng(kind: string, maps: Content['maps'], scale: number): Promise<void> {
    const figure = this.figure(maps);
    if (!figure) return;
    const fits = fitsScale(layoutFigure(figure, textWidth), scale);
    this.problem = fits ? undefined : `Too large for a browser at ×${scale}. Choose a smaller one.`;
    if (!fits) return;
    const blob = await drawFigure(figure, scale).convertToBlob();
    this.save(kind, `png`, blob, scale);
  }

  private async saveSvg(kind: string, maps: Content['maps']): Promise<void> {
    const figure = this.figure(maps);
    if (figure) {
      this.save(kind, 'svg', new Blob([await figureSvg(figure)], { type: 'image/svg+xml' }), 1);
    }
  }

  private save(kind: string, extension: string, blob: Blob, scale: number): void {
    const [panes, look] = this.selected;
    const pane = paneOf(panes?.first ?? null);
    if (!pane) return;
    const compared = panes?.second
      ? `_${look.comparing === 'difference' ? 'difference' : 'compared'}`
      : '';
    const times = scale === 1 ? '' : `_x${scale}`;
    download(paneFileName(pane, `${kind}${compared}${times}`, extension), blob);
  }

  private figure(maps: Content['maps']) {
    const [panes, look] = this.selected;
    return panes && mapsFigure({ panes, look, maps });
  }
}
customElements.define('fm-map-figures', MapFiguresView);
