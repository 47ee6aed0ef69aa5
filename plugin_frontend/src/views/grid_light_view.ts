import { css, html } from 'lit';
import type { AppState } from '../app_state';
import type { Pane } from '../derive/panes';
import { cellAt, valuesAt } from '../derive/pixel';
import { isSpatial } from '../derive/place';
import { valueOf } from '../model/loadable';
import { cellRect, type GridLayout } from '../render/grid';
import type { ProbePoint } from '../state/selection';
import { Painted } from './painted';

/** How much of a map that does not respond at all is covered. */
const DARKEST = 0.82;

/** Covers the maps of a grid the more, the less they respond at the point that is pointed at. */
export class GridLightView extends Painted<[ProbePoint | null]> {
  static override properties = { pane: {}, layout: {}, order: {} };
  static override styles = css`
    :host {
      position: absolute;
      inset: 0;
      overflow: hidden;
      pointer-events: none;
    }
    canvas {
      display: block;
      image-rendering: pixelated;
    }
    canvas[hidden] {
      display: none;
    }
  `;
  declare pane: Pane;
  declare layout: GridLayout;
  declare order: readonly number[];

  protected override listen(app: AppState): () => void {
    return app.probePoint.subscribe(() => this.check());
  }

  protected override select(app: AppState): [ProbePoint | null] {
    return [app.probePoint.value];
  }

  protected override view(point: ProbePoint | null) {
    const { columns, rows, gapX, gapY, scale } = this.layout;
    const { width, height } = cellRect(this.layout, 0);
    return html`<canvas
      data-testid="grid-light"
      ?hidden=${!point || !isSpatial(this.pane.layer)}
      style="width:${columns * (width + gapX * scale)}px;height:${rows * (height + gapY * scale)}px"
    ></canvas>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [point] = this.selected;
    return point && [point, this.pane, this.layout, this.order];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [point] = this.selected;
    const picture = valueOf(this.pane.picture);
    if (!point || !picture) return;
    const { columns, rows } = this.layout;
    const { row, column } = cellAt(picture.scale, point);
    const values = valuesAt(picture, row, column);
    const most = values.reduce((a, b) => Math.max(a, b), 0);
    const image = new ImageData(columns, rows);
    this.order.forEach((channel, cell) => {
      const share = most > 0 ? Math.max(0, values[channel]!) / most : 0;
      image.data[4 * cell + 3] = Math.round(255 * DARKEST * (1 - share));
    });
    canvas.width = columns;
    canvas.height = rows;
    canvas.getContext('2d')!.putImageData(image, 0, 0);
  }
}
customElements.define('fm-grid-light', GridLightView);
