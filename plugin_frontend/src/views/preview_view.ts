import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { placeOf } from '../derive/loss_trace';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { mapOfLayer, rangesOfMap, shownMap } from '../derive/aggregates';
import { previewOf, type Preview } from '../derive/preview';
import { isAggregate, type MapId } from '../model/aggregate';
import { problemOf, valueOf } from '../model/loadable';
import { colormap } from '../render/colormap';
import { tileCanvas } from '../render/tile_canvas';
import type { Look } from '../state/look';
import { Painted } from './painted';
import { common } from './theme';

const SIDE = 144;
/** So many channels are previewed where none is chosen: the first in the grid's order. */
const MOST_CHANNELS = 16;

type Selected = [Preview | null, number, readonly number[], MapId | null, Look];

/** The maps of the step under the pointer, over the timeline. */
export class PreviewView extends Painted<Selected> {
  static override styles = [
    common,
    css`
      :host {
        position: absolute;
        bottom: 100%;
        left: 8px;
        right: 8px;
        height: 0;
        pointer-events: none;
        z-index: 3;
      }
      figure {
        position: absolute;
        bottom: 8px;
        margin: 0 0 0 -${SIDE / 2 + 8}px;
        padding: 8px;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 8px;
        box-shadow: var(--shadow);
        text-align: center;
        font-size: 12px;
      }
      .place {
        display: grid;
        place-items: center;
        width: ${SIDE}px;
        height: ${SIDE}px;
      }
      canvas {
        max-width: 100%;
        max-height: 100%;
        image-rendering: pixelated;
      }
    `,
  ];

  protected override listen(app: AppState): () => void {
    const ends = [super.listen(app), app.preview.subscribe(() => this.check())];
    return () => {
      for (const end of ends) end();
    };
  }

  protected override select(app: AppState): Selected {
    const { listing, library, timeline } = app;
    const [step, look] = [app.preview.value, app.look.value];
    if (!listing || !timeline || step === null) return [null, 0, NONE, null, look];
    const panes = panesOf(listing, app.selection.value, library);
    const pane = paneOf(panes.first);
    const preview = pane && previewOf(library, pane, step);
    const place = preview ? placeOf(timeline.stops, preview.capture.step) : 0;
    const map = pane && mapOfLayer(pane.layer, app.selection.value.channel);
    return [preview, place, app.order, map, look];
  }

  protected override view(preview: Preview | null, place: number) {
    if (!preview) return nothing;
    const { picture, capture } = preview;
    const problem = problemOf(picture) ?? problemOf(this.shown(preview).picture);
    return html`<figure
      style="left:${100 * place}%"
      data-testid="preview"
      data-step=${capture.step}
    >
      <div class="place">
        ${
          picture.status === 'ready' && problem === null
            ? html`<canvas data-testid="preview-canvas"></canvas>`
            : html`<span class="muted">${problem ?? 'Loading …'}</span>`
        }
      </div>
      <figcaption>step ${formatStep(capture.step)}</figcaption>
    </figure>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [preview, , order, map, look] = this.selected;
    return preview && [preview, order, map, look];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [preview, , order, map, look] = this.selected;
    const picture = preview && valueOf(this.shown(preview).picture);
    if (!picture) return;
    const wanted = map === null ? order.slice(0, MOST_CHANNELS) : [isAggregate(map) ? 0 : map];
    const channels = wanted.filter((shown) => shown < picture.scale.channels);
    const ranges = rangesOfMap({ first: { pane: preview }, second: null }, look, map ?? 0);
    const { tileWidth, tileHeight } = picture.scale;
    const share = SIDE / Math.sqrt(channels.length || 1);
    const zoom = Math.max(1, Math.floor(share / Math.max(tileWidth, tileHeight)));
    const tiles = tileCanvas(picture, channels, colormap(look.colormap), ranges, zoom);
    canvas.width = tiles.width;
    canvas.height = tiles.height;
    canvas.getContext('2d')!.drawImage(tiles, 0, 0);
    canvas.dataset['map'] = String(map ?? 'channels');
  }

  /** The pane that holds what is open: of a map made of all channels one of its own. */
  private shown(preview: Preview): Pane {
    const [, , , map] = this.selected;
    return isAggregate(map) ? shownMap(preview, map).pane : preview;
  }
}
customElements.define('fm-preview', PreviewView);

const NONE: readonly number[] = [];
