import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import type { Difference } from '../derive/difference';
import { orderOf, rangesOfPanes } from '../derive/order';
import { panesOf, type Pane } from '../derive/panes';
import type { RangeOf } from '../derive/ranges';
import { valueOf } from '../model/loadable';
import type { Picture } from '../model/picture';
import { colormap, type ColormapName } from '../render/colormap';
import { cellRect, hitGrid, layoutGrid, mostCells, type GridLayout } from '../render/grid';
import { paintGrid } from '../render/paint';
import './grid_cursor_view';
import { Painted } from './painted';
import { common } from './theme';

const PADDING = 16;

/** Every channel of the layer in one pane, side by side on one canvas. */
export class GridView extends Painted<[readonly number[], RangeOf, ColormapName]> {
  static override properties = { pane: {}, difference: {} };
  static override styles = [
    common,
    css`
      :host {
        position: relative;
        overflow: auto;
        min-height: 0;
        padding: ${PADDING}px;
      }
      .sheet {
        position: relative;
        width: max-content;
      }
      canvas {
        display: block;
        image-rendering: pixelated;
        cursor: pointer;
      }
    `,
  ];
  declare pane: Pane;
  /** What the pane is of, if it is one of differences. */
  declare difference: Difference | undefined;
  private layout: GridLayout | null = null;
  private order: readonly number[] = [];
  private pixels: ImageData | null = null;

  protected override select(app: AppState): [readonly number[], RangeOf, ColormapName] {
    const panes = panesOf(app.listing!, app.selection.value, app.library);
    const look = app.look.value;
    const { difference } = this;
    if (difference) return [orderOf(panes, look), difference.ranges, 'diverging'];
    return [orderOf(panes, look), rangesOfPanes(panes, look), look.colormap];
  }

  protected override view(order: readonly number[]) {
    const { size } = this;
    const picture = this.picture();
    if (!picture || !size) return nothing;
    this.place(picture, order, size.width, size.height);
    const { capture, layer, index } = this.pane;
    return html`<div class="sheet">
        <canvas
          data-testid=${this.difference ? 'difference-canvas' : index ? 'compared-canvas' : 'grid-canvas'}
          tabindex="0"
          role="img"
          aria-label="${this.order.length} channels of ${layer.name} at step ${capture?.step ?? nothing}"
          @pointermove=${this.pointerMoved}
          @pointerleave=${this.pointerLeft}
          @click=${this.clicked}
        ></canvas>
        <fm-grid-cursor
          .pane=${this.pane}
          .layout=${this.layout}
          .order=${this.order}
        ></fm-grid-cursor>
      </div>
      ${this.remark(order)}`;
  }

  private remark(order: readonly number[]) {
    const rest = order.length - this.order.length;
    if (!order.length) {
      return html`<p class="muted">All channels are inactive for this probe.</p>`;
    }
    if (!rest) return nothing;
    return html`<p class="muted" data-testid="cut">
      The first ${this.order.length} channels in this order; ${rest} more do not fit on a picture.
    </p>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [, ranges, colors] = this.selected;
    const { layout, pane, order } = this;
    if (!layout) return null;
    const { width, height, zoom } = layout;
    return [pane.picture, pane.capture, ranges, colors, order, width, height, zoom];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [, ranges, colors] = this.selected;
    const [picture, layout] = [this.picture(), this.layout];
    if (!picture || !layout) return;
    const { width, height } = layout;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    if (this.pixels?.width !== width || this.pixels.height !== height) {
      this.pixels = new ImageData(width, height);
    }
    const target = new Uint32Array(this.pixels.data.buffer);
    paintGrid(target, picture, layout, this.order, colormap(colors), ranges);
    // All of it is written from here, never drawn on: kept in memory, that costs one copy.
    canvas.getContext('2d', { willReadFrequently: true })!.putImageData(this.pixels, 0, 0);
    this.describe(canvas, picture, layout);
  }

  private picture(): Picture | undefined {
    return valueOf(this.pane.picture);
  }

  private place({ scale }: Picture, order: readonly number[], width: number, height: number): void {
    const known = order.filter((channel) => channel < scale.channels);
    const most = mostCells(scale.tileWidth, scale.tileHeight, width);
    const shown = known.length > most ? known.slice(0, most) : known;
    if (shown.length !== this.order.length || shown.some((one, i) => one !== this.order[i])) {
      this.order = shown;
    }
    this.layout = layoutGrid(
      Math.max(1, this.order.length),
      scale.tileWidth,
      scale.tileHeight,
      width,
      height,
    );
  }

  /** Says on the element what was drawn and where, for whoever reads the pixels back. */
  private describe(canvas: HTMLCanvasElement, { scale }: Picture, layout: GridLayout): void {
    const { run, layer, capture, probe } = this.pane;
    Object.assign(canvas.dataset, {
      ready: 'true',
      run: run.name,
      layer: layer.name,
      step: capture?.step,
      probe,
      channels: scale.channels,
      order: JSON.stringify(this.order),
      columns: layout.columns,
      zoom: layout.zoom,
      gap: layout.gap,
      tileWidth: layout.tileWidth,
      tileHeight: layout.tileHeight,
    });
  }

  private at(event: MouseEvent) {
    const { layout, order } = this;
    const hit = layout && hitGrid(layout, order.length, event.offsetX, event.offsetY);
    const channel = hit ? order[hit.cell] : undefined;
    return hit && channel !== undefined ? { ...hit, channel } : null;
  }

  private pointerLeft(): void {
    this.app.pointer.set(null);
  }

  private pointerMoved(event: PointerEvent): void {
    const hit = this.at(event);
    if (!hit) {
      this.pointerLeft();
      return;
    }
    const { channel, row, column } = hit;
    const cell = cellRect(this.layout!, hit.cell);
    this.app.pointer.set({
      ...{ channel, row, column, pane: this.pane.index },
      left: event.clientX - event.offsetX + cell.left,
      bottom: event.clientY - event.offsetY + cell.top + cell.height,
    });
  }

  private clicked(event: MouseEvent): void {
    const hit = this.at(event);
    if (hit) this.actions.chooseChannel(hit.channel, this.pane.index);
  }
}
customElements.define('fm-grid', GridView);
