import { LitElement, css, html, nothing } from 'lit';
import { colormap } from '../render/colormap';
import { hitGrid, layoutGrid, type GridLayout } from '../render/grid';
import { rangeOf, valueOf } from '../render/normalise';
import { levelAt, paintGrid } from '../render/paint';
import { channelOrder, rangesOverSteps, statistic } from '../store/channels';
import type { Controller } from '../store/controller';
import { currentLayer, type Shown, type State } from '../store/state';
import { formatValue } from './format';
import { common } from './theme';

interface Hover {
  x: number;
  y: number;
  cell: number;
  channel: number;
  value: number;
}

const PADDING = 16;

/** Every channel of the layer, side by side on one canvas. */
export class GridView extends LitElement {
  static override properties = { state: {}, controller: {}, hover: { state: true } };
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
  declare hover: Hover | null;
  private layout: GridLayout | null = null;
  private order: number[] = [];
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
    const shown = this.currentPicture();
    if (!shown) return html`<p class="muted">Loading …</p>`;
    this.place(shown);
    const { layout, order } = this;
    return html`<div class="sheet">
        <canvas
          data-testid="grid-canvas"
          tabindex="0"
          role="img"
          aria-label="${order.length} channels of ${currentLayer(this.state)?.name} at step
          ${shown.step}"
          @pointermove=${this.pointerMoved}
          @pointerleave=${() => (this.hover = null)}
          @click=${this.clicked}
        ></canvas>
        ${this.frame(layout!, this.state.channel)}
        ${this.hover ? this.frame(layout!, this.hover.channel) : nothing}
      </div>
      ${order.length ? nothing : html`<p class="muted">All channels are dead for this probe.</p>`}
      ${this.tip(shown)}`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const shown = this.currentPicture();
    if (!canvas || !shown || !this.layout) return;
    const { colormap: colors, scaling } = this.state;
    const { run, stats } = this.state;
    const statsReady = stats[shown.layer] !== undefined;
    const { width, height, zoom } = this.layout;
    const drawing = [run, shown.layer, shown.probe, shown.step, colors, scaling, statsReady].join(
      '\u0000',
    );
    const key = `${drawing}\u0000${width}x${height}x${zoom}\u0000${this.order.join()}`;
    if (key === this.drawn) return;
    this.draw(canvas, shown, this.layout);
    this.drawn = key;
  }

  private currentPicture(): Shown | null {
    const { shown, layer } = this.state;
    return shown && shown.layer === layer ? shown : null;
  }

  private place(shown: Shown): void {
    const { scale } = shown.picture;
    const { stats, sort, hideDead, layer } = this.state;
    this.order = channelOrder(
      stats[layer ?? ''],
      shown.step,
      shown.probe,
      scale.channels,
      sort,
      hideDead,
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
    const { colormap: name, scaling, stats } = this.state;
    const overSteps = scaling === 'steps' ? rangesOverSteps(stats[shown.layer], shown.probe) : null;
    paintGrid(
      new Uint32Array(this.pixels.data.buffer),
      shown.picture,
      layout,
      this.order,
      colormap(name),
      (channel) => rangeOf(shown.picture.scale, channel, scaling, overSteps, name === 'diverging'),
    );
    canvas.getContext('2d')!.putImageData(this.pixels, 0, 0);
    this.describe(canvas, shown, layout);
  }

  /** Says on the element what was drawn and where, for whoever reads the pixels back. */
  private describe(canvas: HTMLCanvasElement, shown: Shown, layout: GridLayout): void {
    Object.assign(canvas.dataset, {
      ready: 'true',
      run: this.state.run,
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
    if (!this.hover) return nothing;
    const { x, y, channel, value } = this.hover;
    const stats = this.state.stats[shown.layer];
    const mean = statistic(stats, shown.step, shown.probe, channel, 'mean');
    const { lo, hi } = shown.picture.scale;
    const left = Math.min(x + 16, window.innerWidth - 220);
    const top = Math.min(y + 16, window.innerHeight - 90);
    return html`<div class="tip" style="left:${left}px;top:${top}px">
      <strong>channel ${channel}</strong> · value ${formatValue(value)}<br />
      <span class="muted"
        >${formatValue(lo[channel])} … ${formatValue(hi[channel])} · mean ${formatValue(mean)}</span
      >
    </div>`;
  }

  private at(event: MouseEvent) {
    const count = this.order.length;
    return this.layout && hitGrid(this.layout, count, event.offsetX, event.offsetY);
  }

  private pointerMoved(event: PointerEvent): void {
    const hit = this.at(event);
    const picture = this.currentPicture()?.picture;
    const channel = hit ? this.order[hit.cell] : undefined;
    if (!hit || !picture || channel === undefined) {
      this.hover = null;
      return;
    }
    const level = levelAt(picture, channel, hit.row, hit.column);
    const value = valueOf(picture.scale, channel, level);
    this.hover = { x: event.clientX, y: event.clientY, cell: hit.cell, channel, value };
  }

  private clicked(event: MouseEvent): void {
    const hit = this.at(event);
    const channel = hit ? this.order[hit.cell] : undefined;
    if (channel !== undefined) this.controller.chooseChannel(channel);
  }
}
customElements.define('fm-grid', GridView);
