import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { placeOf } from '../derive/loss_trace';
import { paneOf, panesOf } from '../derive/panes';
import { previewOf, type Preview } from '../derive/preview';
import { rangesOf } from '../derive/ranges';
import { channelOf } from '../model/aggregate';
import { problemOf, valueOf } from '../model/loadable';
import { colormap } from '../render/colormap';
import { tileCanvas } from '../render/tile_canvas';
import type { Look } from '../state/look';
import { Painted } from './painted';
import { common } from './theme';

const SIDE = 144;
/** So many channels are previewed where none is chosen: the first in the grid's order. */
const MOST_CHANNELS = 16;

type Selected = [Preview | null, number, readonly number[], number | null, Look];

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
    return [preview, place, app.order, channelOf(app.selection.value.channel), look];
  }

  protected override view(preview: Preview | null, place: number) {
    if (!preview) return nothing;
    const { picture, capture } = preview;
    const problem = problemOf(picture);
    return html`<figure
      style="left:${100 * place}%"
      data-testid="preview"
      data-step=${capture.step}
    >
      <div class="place">
        ${
          picture.status === 'ready'
            ? html`<canvas data-testid="preview-canvas"></canvas>`
            : html`<span class="muted">${problem ?? 'Loading …'}</span>`
        }
      </div>
      <figcaption>step ${formatStep(capture.step)}</figcaption>
    </figure>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [preview, , order, channel, look] = this.selected;
    return preview && [preview.picture, order, channel, look];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [preview, , order, channel, look] = this.selected;
    const picture = valueOf(preview?.picture);
    if (!preview || !picture) return;
    const wanted = channel === null ? order.slice(0, MOST_CHANNELS) : [channel];
    const channels = wanted.filter((shown) => shown < picture.scale.channels);
    const { statistics, probe } = preview.pane;
    const span = { picture, statistics: valueOf(statistics)?.items, probe };
    const { scaling, clip, rangeLow: low, rangeHigh: high } = look;
    const symmetric = look.colormap === 'diverging';
    const ranges = rangesOf([span], { scaling, symmetric, clip, low, high });
    const { tileWidth, tileHeight } = picture.scale;
    const share = SIDE / Math.sqrt(channels.length || 1);
    const zoom = Math.max(1, Math.floor(share / Math.max(tileWidth, tileHeight)));
    const tiles = tileCanvas(picture, channels, colormap(look.colormap), ranges, zoom);
    canvas.width = tiles.width;
    canvas.height = tiles.height;
    canvas.getContext('2d')!.drawImage(tiles, 0, 0);
  }
}
customElements.define('fm-preview', PreviewView);

const NONE: readonly number[] = [];
