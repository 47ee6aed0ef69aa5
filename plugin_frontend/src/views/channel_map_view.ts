import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { mapTitle, rangesOfMap } from '../derive/aggregates';
import { panesOf, type Pane } from '../derive/panes';
import { probePictures } from '../derive/probes';
import type { RangeOf } from '../derive/ranges';
import { readValue } from '../derive/reading';
import { isAggregate, type MapId } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Picture } from '../model/picture';
import { colormap, type ColormapName } from '../render/colormap';
import type { GridLayout } from '../render/grid';
import { paintGrid } from '../render/paint';
import { Painted } from './painted';
import { common } from './theme';

const LARGEST = 288;
/** The shorter side of a map is at least so long. */
const THINNEST = 24;
/** Room for the statistics beside the map; those of an aggregate have their error with them. */
const BESIDE = { channel: 156, aggregate: 184 };
/** How much of the map covers the probe. */
const OVERLAY_ALPHA = 0.55;

/** The map of one channel, or of all together, large, with what is known of the value under the pointer. */
export class ChannelMapView extends Painted<[RangeOf | null, ColormapName, string | null]> {
  static override properties = { pane: {}, channel: {}, map: {}, under: { state: true } };
  static override styles = [
    common,
    css`
      canvas {
        display: block;
        image-rendering: pixelated;
        max-width: 100%;
        cursor: crosshair;
        border-radius: 4px;
      }
      p {
        margin: 4px 0 0;
        white-space: nowrap;
      }
    `,
  ];
  declare pane: Pane;
  /** Where in the pane it is. */
  declare channel: number;
  /** What it is. */
  declare map: MapId;
  declare under: { readonly row: number; readonly column: number } | null;
  private probe: HTMLImageElement | null = null;

  protected override select(app: AppState): [RangeOf | null, ColormapName, string | null] {
    const { listing, library } = app;
    const look = app.look.value;
    const panes = listing ? panesOf(listing, app.selection.value, library) : null;
    const key = look.overlay ? probePictures(library, this.pane.run)[this.pane.probe] : undefined;
    const address = key ? app.source.pictureAddress(key) : null;
    return [panes && rangesOfMap(panes, look, this.map), look.colormap, address];
  }

  protected override view() {
    const { under, pane, channel } = this;
    return html`<canvas
        role="img"
        aria-label="${mapTitle(this.map)}, large"
        data-testid="channel-canvas"
        @pointermove=${this.pointerMoved}
        @pointerdown=${this.pointerMoved}
        @pointerleave=${() => (this.under = null)}
      ></canvas>
      <p>
        <span class="muted">Value</span>
        <span data-testid="channel-value"
          >${under ? readValue(pane, { channel, ...under }) : '–'}</span
        >
      </p>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [ranges, colors, address] = this.selected;
    return [this.pane.picture, this.channel, ranges, colors, address, this.room()];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [ranges, colors, address] = this.selected;
    const picture = valueOf(this.pane.picture);
    if (!picture || !ranges) return;
    const layout = this.layoutOf(picture);
    const pixels = new ImageData(layout.width, layout.height);
    const target = new Uint32Array(pixels.data.buffer);
    paintGrid(target, picture, layout, [this.channel], colormap(colors), ranges);
    if (address === null) drawMap(canvas, pixels, null);
    else void this.drawOver(canvas, pixels, address);
  }

  /** Lays the map over the probe, unless another is to be drawn meanwhile. */
  private async drawOver(
    canvas: HTMLCanvasElement,
    map: ImageData,
    address: string,
  ): Promise<void> {
    if (this.probe?.src !== address) {
      this.probe = new Image();
      this.probe.src = address;
    }
    const { probe } = this;
    const key = this.paintKey();
    const decoded = await probe.decode().then(
      () => true,
      () => false,
    );
    if (this.paintKey()?.some((value, index) => value !== key?.[index])) return;
    drawMap(canvas, map, decoded ? probe : null);
  }

  private room(): number {
    const width = this.parentElement?.clientWidth ?? 0;
    const beside = isAggregate(this.map) ? BESIDE.aggregate : BESIDE.channel;
    return Math.max(64, Math.min(LARGEST, width - beside));
  }

  private layoutOf({ scale }: Picture): GridLayout {
    const { tileWidth, tileHeight } = scale;
    const room = this.room();
    const zoom = Math.max(1, Math.floor(room / Math.max(tileWidth, tileHeight)));
    // An extremely long map is drawn thicker.
    const thick = (size: number) => Math.max(zoom, Math.floor(THINNEST / size));
    const [zoomX, zoomY] = [thick(tileWidth), thick(tileHeight)];
    const [width, height] = [tileWidth * zoomX, tileHeight * zoomY];
    const gaps = { gapX: 0, gapY: 0, scale: 1 };
    return { columns: 1, rows: 1, zoomX, zoomY, tileWidth, tileHeight, width, height, ...gaps };
  }

  private pointerMoved(event: PointerEvent): void {
    const picture = valueOf(this.pane.picture);
    if (!picture) return;
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { tileWidth, tileHeight } = picture.scale;
    const column = Math.floor((event.offsetX / canvas.clientWidth) * tileWidth);
    const row = Math.floor((event.offsetY / canvas.clientHeight) * tileHeight);
    const inside = column >= 0 && column < tileWidth && row >= 0 && row < tileHeight;
    this.under = inside ? { row, column } : null;
  }
}
customElements.define('fm-channel-map', ChannelMapView);

function drawMap(canvas: HTMLCanvasElement, map: ImageData, probe: HTMLImageElement | null): void {
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
