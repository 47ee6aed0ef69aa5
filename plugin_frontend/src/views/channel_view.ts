import { LitElement, css, html, nothing } from 'lit';
import { colormap } from '../render/colormap';
import type { GridLayout } from '../render/grid';
import { rangeOf, valueOf } from '../render/normalise';
import { levelAt, paintGrid } from '../render/paint';
import { rangesOverSteps, statistic } from '../store/channels';
import type { Controller } from '../store/controller';
import type { Shown, State } from '../store/state';
import './channel_plot_view';
import { download } from './download';
import './film_view';
import { formatValue } from './format';
import { common } from './theme';

const LARGEST = 288;
/** Room for the statistics beside the map, and the padding. */
const BESIDE = 188;
/** How much of the map covers the probe. */
const OVERLAY_ALPHA = 0.55;
const ROWS = [
  ['min', 'Minimum'],
  ['max', 'Maximum'],
  ['mean', 'Mean'],
  ['std', 'Deviation'],
  ['zeros', 'Zeros'],
  ['nonfinite', 'Not finite'],
] as const;

/** One channel, large, with the true value under the pointer and its statistics. */
export class ChannelView extends LitElement {
  static override properties = { state: {}, controller: {}, under: { state: true } };
  static override styles = [
    common,
    css`
      section {
        padding: 16px;
        border-top: 1px solid var(--line);
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      .body {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 8px 16px;
      }
      canvas {
        image-rendering: pixelated;
        max-width: 100%;
        cursor: crosshair;
        border-radius: 4px;
      }
      dl {
        display: grid;
        grid-template-columns: auto auto;
        gap: 2px 16px;
        margin: 0;
        align-content: start;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        text-align: right;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;
  declare under: { row: number; column: number } | null;
  private probe: HTMLImageElement | null = null;

  override render() {
    const { channel } = this.state;
    const shown = this.state.shown;
    if (channel === null || !shown || channel >= shown.picture.scale.channels) return nothing;
    const stats = this.state.stats[shown.layer];
    return html`<section data-testid="channel-detail">
      <header>
        <h2>Channel ${channel}</h2>
        <span class="tools">
          <button
            aria-pressed=${this.state.overlay}
            data-testid="overlay"
            title="Lay the map over the probe"
            @click=${() => this.controller.show({ overlay: !this.state.overlay })}
          >
            Overlay
          </button>
          <button data-testid="download-channel" title="Save as PNG" @click=${() => this.save()}>
            PNG
          </button>
          <button
            @click=${() => this.controller.chooseChannel(null)}
            aria-label="Close the channel"
          >
            ✕
          </button>
        </span>
      </header>
      <div class="body">
        <canvas
          role="img"
          aria-label="Channel ${channel}, large"
          data-testid="channel-canvas"
          @pointermove=${this.pointerMoved}
          @pointerleave=${() => (this.under = null)}
        ></canvas>
        <dl>
          <dt>Value</dt>
          <dd data-testid="channel-value">${this.valueUnder(shown, channel)}</dd>
          ${ROWS.map(
            ([column, name]) =>
              html`<dt>${name}</dt>
                <dd>${this.shownStatistic(stats, shown, channel, column)}</dd>`,
          )}
        </dl>
      </div>
      <fm-film .state=${this.state} .controller=${this.controller}></fm-film>
      <fm-channel-plot .state=${this.state} .controller=${this.controller}></fm-channel-plot>
    </section>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const { shown, channel } = this.state;
    if (!canvas || !shown || channel === null) return;
    const layout = this.layoutOf(shown);
    const pixels = new ImageData(layout.width, layout.height);
    const { colormap: name, scaling, stats } = this.state;
    const overSteps = scaling === 'steps' ? rangesOverSteps(stats[shown.layer], shown.probe) : null;
    paintGrid(
      new Uint32Array(pixels.data.buffer),
      shown.picture,
      layout,
      [channel],
      colormap(name),
      (one) => rangeOf(shown.picture.scale, one, scaling, overSteps, name === 'diverging'),
    );
    void this.paint(canvas, pixels);
  }

  /** Puts the map on the canvas, over the probe if asked to. */
  private async paint(canvas: HTMLCanvasElement, map: ImageData): Promise<void> {
    const address = this.state.overlay ? this.state.probePictures[this.state.probe] : undefined;
    const probe = address === undefined ? null : await this.probePicture(address);
    canvas.width = map.width;
    canvas.height = map.height;
    canvas.dataset['overlay'] = String(probe !== null);
    const context = canvas.getContext('2d')!;
    if (!probe) {
      context.putImageData(map, 0, 0);
      return;
    }
    const layer = new OffscreenCanvas(map.width, map.height);
    layer.getContext('2d')!.putImageData(map, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(probe, 0, 0, map.width, map.height);
    context.globalAlpha = OVERLAY_ALPHA;
    context.drawImage(layer, 0, 0);
    context.globalAlpha = 1;
  }

  private async probePicture(address: string): Promise<HTMLImageElement | null> {
    if (this.probe?.src !== address) {
      this.probe = new Image();
      this.probe.src = address;
    }
    try {
      await this.probe.decode();
      return this.probe;
    } catch {
      return null; // the map alone then
    }
  }

  private save(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const { layer, channel, step } = this.state;
    const name = `${layer}_channel${channel}_step${step}.png`;
    canvas?.toBlob((blob) => blob && download(name, blob));
  }

  private layoutOf(shown: Shown): GridLayout {
    const { tileWidth, tileHeight } = shown.picture.scale;
    const size = Math.min(LARGEST, this.clientWidth - BESIDE);
    const zoom = Math.max(1, Math.floor(size / Math.max(tileWidth, tileHeight)));
    const [width, height] = [tileWidth * zoom, tileHeight * zoom];
    return { columns: 1, rows: 1, zoom, gap: 0, tileWidth, tileHeight, width, height };
  }

  private shownStatistic(
    stats: Parameters<typeof statistic>[0],
    shown: Shown,
    channel: number,
    column: string,
  ): string {
    const value = statistic(stats, shown.step, shown.probe, channel, column);
    const isShare = column === 'zeros' || column === 'nonfinite';
    return isShare && value !== null ? `${(100 * value).toFixed(1)} %` : formatValue(value);
  }

  private valueUnder(shown: Shown, channel: number): string {
    if (!this.under) return '–';
    const level = levelAt(shown.picture, channel, this.under.row, this.under.column);
    return formatValue(valueOf(shown.picture.scale, channel, level));
  }

  private pointerMoved(event: PointerEvent): void {
    const { shown } = this.state;
    if (!shown) return;
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { tileWidth, tileHeight } = shown.picture.scale;
    const column = Math.floor((event.offsetX / canvas.clientWidth) * tileWidth);
    const row = Math.floor((event.offsetY / canvas.clientHeight) * tileHeight);
    const inside = column >= 0 && column < tileWidth && row >= 0 && row < tileHeight;
    this.under = inside ? { row, column } : null;
  }
}
customElements.define('fm-channel', ChannelView);
