import { LitElement, css, html, nothing } from 'lit';
import { colormap } from '../render/colormap';
import { hitGrid, layoutGrid, type GridLayout } from '../render/grid';
import { valueOf } from '../render/normalise';
import { levelAt, paintGrid } from '../render/paint';
import { statistic } from '../store/channels';
import type { Controller } from '../store/controller';
import { Memo } from '../store/memo';
import { paneOrder, rangeFinder, type Pane } from '../store/panes';
import { currentLayer, type Shown, type State } from '../store/state';
import { formatValue } from './format';
import { common } from './theme';

/** Where on the page the pointer is. */
interface Hover {
  x: number;
  y: number;
}

const PADDING = 16;

/** Every channel of the layer in one pane, side by side on one canvas. */
export class GridView extends LitElement {
  static override properties = {
    state: {},
    controller: {},
    panes: {},
    pane: {},
    hover: { state: true },
  };
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
      .frame {
        position: absolute;
        pointer-events: none;
        outline: 2px solid var(--accent);
        border-radius: 1px;
      }
      .tip {
        position: fixed;
        z-index: 2;
        pointer-events: none;
        padding: 6px 10px;
        border-radius: 6px;
        background: var(--raised);
        border: 1px solid var(--line);
        box-shadow: var(--shadow);
        font-size: 12px;
        line-height: 18px;
        white-space: nowrap;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;
  declare panes: Pane[];
  declare pane: Pane;
  declare hover: Hover | null;
  private layout: GridLayout | null = null;
  private order: number[] = [];
  private readonly orders = new Memo<number[]>();
  private pixels: ImageData | null = null;
  private drawn = '';
  private readonly resized = new ResizeObserver(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  override render() {
    const { shown } = this.pane;
    this.place(shown);
    const { layout, order } = this;
    const pointed = this.state.pointed?.channel ?? null;
    return html`<div class="sheet">
        <canvas
          data-testid=${this.pane.id === 'first' ? 'grid-canvas' : 'compared-canvas'}
          tabindex="0"
          role="img"
          aria-label="${order.length} channels of ${currentLayer(this.state)?.name} at step
          ${shown.step}"
          @pointermove=${this.pointerMoved}
          @pointerleave=${this.pointerLeft}
          @click=${this.clicked}
        ></canvas>
        ${this.frame(layout!, this.state.channel)} ${this.frame(layout!, pointed)}
      </div>
      ${order.length ? nothing : html`<p class="muted">All channels are dead for this probe.</p>`}
      ${this.tip(shown)}`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas || !this.layout) return;
    const { colormap: colors, scaling } = this.state;
    const { width, height, zoom } = this.layout;
    const pictures = this.panes.flatMap(({ run, shown, stats }) => [
      ...[run, shown.layer, shown.probe, shown.step, stats !== undefined],
    ]);
    const key = [this.pane.id, ...pictures, colors, scaling, width, height, zoom, ...this.order];
    if (key.join('\u0000') === this.drawn) return;
    this.draw(canvas, this.pane.shown, this.layout);
    this.drawn = key.join('\u0000');
  }

  private place(shown: Shown): void {
    const { scale } = shown.picture;
    const { sort, hideDead } = this.state;
    const first = this.panes[0]!;
    const key = [first.shown, first.stats, sort, hideDead, scale.channels];
    this.order = this.orders.of(key, () =>
      paneOrder(this.state, this.panes).filter((channel) => channel < scale.channels),
    );
    this.layout = layoutGrid(
      Math.max(1, this.order.length),
      scale.tileWidth,
      scale.tileHeight,
      this.clientWidth - 2 * PADDING,
      this.clientHeight - 2 * PADDING,
    );
  }

  private draw(canvas: HTMLCanvasElement, shown: Shown, layout: GridLayout): void {
    const { width, height } = layout;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    if (this.pixels?.width !== width || this.pixels.height !== height) {
      this.pixels = new ImageData(width, height);
    }
    const range = rangeFinder(this.state, this.panes);
    paintGrid(
      new Uint32Array(this.pixels.data.buffer),
      shown.picture,
      layout,
      this.order,
      colormap(this.state.colormap),
      (channel) => range(shown.picture, channel),
    );
    canvas.getContext('2d')!.putImageData(this.pixels, 0, 0);
    this.describe(canvas, shown, layout);
  }

  /** Says on the element what was drawn and where, for whoever reads the pixels back. */
  private describe(canvas: HTMLCanvasElement, shown: Shown, layout: GridLayout): void {
    Object.assign(canvas.dataset, {
      ready: 'true',
      run: this.pane.run,
      layer: currentLayer(this.state)?.name,
      step: shown.step,
      probe: shown.probe,
      channels: shown.picture.scale.channels,
      order: JSON.stringify(this.order),
      columns: layout.columns,
      zoom: layout.zoom,
      gap: layout.gap,
      tileWidth: layout.tileWidth,
      tileHeight: layout.tileHeight,
    });
  }

  private frame(layout: GridLayout, channel: number | null) {
    const cell = channel === null ? -1 : this.order.indexOf(channel);
    if (cell < 0) return nothing;
    const width = layout.tileWidth * layout.zoom;
    const height = layout.tileHeight * layout.zoom;
    const left = (cell % layout.columns) * (width + layout.gap);
    const top = Math.floor(cell / layout.columns) * (height + layout.gap);
    return html`<div
      class="frame"
      style="left:${left}px;top:${top}px;width:${width}px;height:${height}px"
    ></div>`;
  }

  private tip(shown: Shown) {
    const { pointed } = this.state;
    if (!this.hover || !pointed) return nothing;
    const { x, y } = this.hover;
    const { channel } = pointed;
    const mean = statistic(this.pane.stats, shown.step, shown.probe, channel, 'mean');
    const { lo, hi } = shown.picture.scale;
    const left = Math.min(x + 16, window.innerWidth - 240);
    const top = Math.min(y + 16, window.innerHeight - 90);
    const values = this.panes.map((pane) => formatValue(this.valueIn(pane))).join(' | ');
    return html`<div class="tip" style="left:${left}px;top:${top}px" data-testid="grid-tip">
      <strong>channel ${channel}</strong> · value ${values}<br />
      <span class="muted"
        >${formatValue(lo[channel])} … ${formatValue(hi[channel])} · mean ${formatValue(mean)}</span
      >
    </div>`;
  }

  /** The value under the one cursor in any pane. */
  private valueIn(pane: Pane): number | null {
    const { pointed } = this.state;
    const { picture } = pane.shown;
    const { channels, tileHeight, tileWidth } = picture.scale;
    const inside =
      pointed &&
      pointed.channel < channels &&
      pointed.row < tileHeight &&
      pointed.column < tileWidth;
    if (!inside) return null;
    const level = levelAt(picture, pointed.channel, pointed.row, pointed.column);
    return valueOf(picture.scale, pointed.channel, level);
  }

  private at(event: MouseEvent) {
    const count = this.order.length;
    return this.layout && hitGrid(this.layout, count, event.offsetX, event.offsetY);
  }

  private pointerLeft(): void {
    this.hover = null;
    this.controller.show({ pointed: null });
  }

  private pointerMoved(event: PointerEvent): void {
    const hit = this.at(event);
    const channel = hit ? this.order[hit.cell] : undefined;
    if (!hit || channel === undefined) {
      this.pointerLeft();
      return;
    }
    this.hover = { x: event.clientX, y: event.clientY };
    this.controller.show({ pointed: { channel, row: hit.row, column: hit.column } });
  }

  private clicked(event: MouseEvent): void {
    const hit = this.at(event);
    const channel = hit ? this.order[hit.cell] : undefined;
    if (channel !== undefined) this.controller.chooseChannel(channel);
  }
}
customElements.define('fm-grid', GridView);
