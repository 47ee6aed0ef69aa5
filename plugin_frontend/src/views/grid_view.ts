import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { shownDifference, type Difference } from '../derive/difference';
import { formatValue } from '../derive/format';
import { memoised } from '../derive/memo';
import { rangesOfPanes } from '../derive/order';
import { panesOf, type Pane } from '../derive/panes';
import type { RangeOf } from '../derive/ranges';
import { channelOf } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Picture, Range } from '../model/picture';
import { barPlace, barRange, paintBars } from '../render/bars';
import { colormap, parseColor, type ColormapName } from '../render/colormap';
import { cellRect, gridKind, hitGrid, layoutGrid, mostCells } from '../render/grid';
import type { GridLayout } from '../render/grid';
import { paintGrid } from '../render/paint';
import './grid_cursor_view';
import './grid_light_view';
import './grid_signs_view';
import { gridStyles } from './grid_styles';
import { Painted } from './painted';
import { common } from './theme';

/** Room for the axis on the left of bars, in pixels. */
const AXIS = 56;

/** Labels of an axis are at least so far apart. */
const LABEL = 14;

/** Every channel of the layer in one pane, side by side on one canvas. */
export class GridView extends Painted<[readonly number[], RangeOf, ColormapName]> {
  static override properties = { pane: {}, difference: {} };
  static override styles = [common, gridStyles];
  declare pane: Pane;
  /** What the pane is of, if it is one of differences. */
  declare difference: Difference | undefined;
  private layout: GridLayout | null = null;
  private order: readonly number[] = [];
  /** Painted over each time: what lies between the cells stays clear as long as they stay. */
  private readonly pixelsOf = memoised(
    ({ width, height }: GridLayout) => new ImageData(width, height),
    1,
  );
  private readonly layoutOf = memoised(
    (count: number, tileWidth: number, tileHeight: number, width: number, height: number) =>
      layoutGrid(count, tileWidth, tileHeight, { width, height }),
    2,
  );

  protected override select(app: AppState): [readonly number[], RangeOf, ColormapName] {
    const panes = panesOf(app.listing!, app.selection.value, app.library);
    const look = app.look.value;
    const bars = isBars(valueOf(this.pane.picture));
    const { difference } = this;
    if (difference) {
      const whole = bars ? shownDifference(panes, { ...look, scaling: 'layer' }) : null;
      return [app.order, (whole ?? difference).ranges, 'diverging'];
    }
    // Bars have one axis, and so one range.
    const ranges = rangesOfPanes(panes, bars ? { ...look, scaling: 'layer' } : look);
    return [app.order, ranges, look.colormap];
  }

  protected override view(order: readonly number[], ranges: RangeOf) {
    const { size } = this;
    const picture = this.picture();
    if (!picture || !size) return nothing;
    this.place(picture, order, size.width, size.height);
    const layout = this.layout!;
    const { capture, layer, index } = this.pane;
    const bars = isBars(picture);
    const [width, height] = [layout.width * layout.scale, layout.height * layout.scale];
    return html`<div class="sheet ${bars ? 'bars' : ''}">
        <canvas
          class=${layout.scale < 1 ? 'shrunk' : ''}
          style="width:${width}px;height:${height}px"
          data-testid=${this.difference ? 'difference-canvas' : index ? 'compared-canvas' : 'grid-canvas'}
          tabindex="0"
          role="img"
          aria-label="${this.order.length} channels of ${layer.name} at step ${capture?.step ?? nothing}"
          @pointermove=${this.pointerMoved}
          @pointerdown=${this.pointerMoved}
          @pointerleave=${this.pointerLeft}
          @blur=${this.pointerLeft}
          @click=${this.clicked}
          @keydown=${this.keyPressed}
        ></canvas>
        ${bars ? axes(layout, barRange(ranges(0))) : nothing}
        <fm-grid-light .pane=${this.pane} .layout=${layout} .order=${this.order}></fm-grid-light>
        <fm-grid-signs
          .pane=${this.pane}
          .difference=${this.difference}
          .layout=${layout}
          .order=${this.order}
        ></fm-grid-signs>
        <fm-grid-cursor .pane=${this.pane} .layout=${layout} .order=${this.order}></fm-grid-cursor>
      </div>
      ${this.remark(order)}`;
  }

  private remark(order: readonly number[]) {
    const channels = this.picture()?.scale.channels ?? 0;
    const rest = order.filter((channel) => channel < channels).length - this.order.length;
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
    return layout && [pane.picture, pane.capture, ranges, colors, order, layout];
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
    const pixels = this.pixelsOf(layout);
    const target = new Uint32Array(pixels.data.buffer);
    if (!this.order.length) target.fill(0); // laid out as one cell
    if (isBars(picture)) {
      paintBars(target, picture, layout, this.order, this.barColor(), barRange(ranges(0)));
    } else paintGrid(target, picture, layout, this.order, colormap(colors), ranges);
    // All of it is written from here, never drawn on: kept in memory, that costs one copy.
    canvas.getContext('2d', { willReadFrequently: true })!.putImageData(pixels, 0, 0);
    this.describe(canvas, picture, layout);
  }

  private barColor(): number {
    const [red, green, blue] = parseColor(
      getComputedStyle(this).getPropertyValue('--series-1').trim(),
    );
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }

  private picture(): Picture | undefined {
    return valueOf(this.pane.picture);
  }

  private place({ scale }: Picture, order: readonly number[], width: number, height: number): void {
    const { tileWidth, tileHeight } = scale;
    const known = order.filter((channel) => channel < scale.channels);
    const room = gridKind(tileWidth, tileHeight) === 'bars' ? width - AXIS : width;
    const most = mostCells(tileWidth, tileHeight, { width: room, height });
    const shown = known.length > most ? known.slice(0, most) : known;
    if (
      shown.length !== this.order.length ||
      shown.some((channel, i) => channel !== this.order[i])
    ) {
      this.order = shown;
    }
    const count = Math.max(1, this.order.length);
    this.layout = this.layoutOf(count, tileWidth, tileHeight, room, height);
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
      zoomX: layout.zoomX,
      zoomY: layout.zoomY,
      gapX: layout.gapX,
      gapY: layout.gapY,
      tileWidth: layout.tileWidth,
      tileHeight: layout.tileHeight,
      kind: gridKind(layout.tileWidth, layout.tileHeight),
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
    if (hit) this.point(hit, event.clientX - event.offsetX, event.clientY - event.offsetY);
    else this.pointerLeft();
  }

  /** Points at a pixel of a cell; `left` and `top` are where the canvas begins on the page. */
  private point(
    { cell, channel, row, column }: { cell: number; channel: number; row: number; column: number },
    left: number,
    top: number,
  ): void {
    const rect = cellRect(this.layout!, cell);
    this.app.pointer.set({
      ...{ channel, row, column, pane: this.pane.index },
      left: left + rect.left,
      bottom: top + rect.top + rect.height,
    });
  }

  private clicked(event: MouseEvent): void {
    const hit = this.at(event);
    if (hit) this.actions.chooseChannel(hit.channel, this.pane.index);
  }

  /** With the focus from the keyboard the arrows move from cell to cell. */
  private keyPressed(event: KeyboardEvent): void {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { layout, order } = this;
    if (!layout || !canvas.matches(':focus-visible')) return;
    const { pointer, selection } = this.app;
    const chosen = channelOf(selection.value.channel);
    const current = order.indexOf(pointer.value?.channel ?? chosen ?? -1);
    if (event.key === 'Enter') {
      const channel = order[Math.max(0, current)];
      if (channel !== undefined) this.actions.chooseChannel(channel, this.pane.index);
    } else {
      const next = cellBeside(event.key, current, layout.columns, order.length);
      if (next === null) return;
      const { left, top } = canvas.getBoundingClientRect();
      this.point({ cell: next, channel: order[next]!, row: 0, column: 0 }, left, top);
      this.reveal(cellRect(layout, next));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Scrolls until a cell is seen. */
  private reveal({ top, height }: { top: number; height: number }): void {
    const seen = this.clientHeight;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top + height + 32 > this.scrollTop + seen) this.scrollTop = top + height + 32 - seen;
  }
}
customElements.define('fm-grid', GridView);

function isBars(picture: Picture | undefined): boolean {
  return picture?.scale.tileWidth === 1 && picture.scale.tileHeight === 1;
}

/** The cell that a key leads to; null for another key. */
function cellBeside(key: string, cell: number, columns: number, count: number): number | null {
  const next = {
    ArrowLeft: cell - 1,
    ArrowRight: cell + 1,
    ArrowUp: cell - columns,
    ArrowDown: cell < 0 ? 0 : cell + columns,
    Home: 0,
    End: count - 1,
  }[key];
  return next === undefined || !count ? null : Math.max(0, Math.min(count - 1, next));
}

/** The values of the bars of each row: the largest, zero, and the smallest. */
function axes(layout: GridLayout, range: Range) {
  const values = [...new Set([range.high, 0, range.low])];
  return Array.from({ length: layout.rows }, (_, row) => {
    const { top, height } = cellRect(layout, row * layout.columns);
    const apart = (value: number) =>
      value !== 0 || values.every((other) => !other || distance(other) * height >= LABEL);
    const distance = (other: number) => Math.abs(barPlace(other, range) - barPlace(0, range));
    return values.map((value) => {
      const at = `top:${top + barPlace(value, range) * height}px`;
      const zero = value === 0 ? html`<div class="zero" style=${at}></div>` : nothing;
      return html`${apart(value) ? html`<span class="tick" style=${at}>${formatValue(value)}</span>` : nothing}${zero}`;
    });
  });
}
