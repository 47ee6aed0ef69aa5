import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatMeasured } from '../derive/format';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { cellAt, strongestAt, valuesAt } from '../derive/pixel';
import { isSpatial } from '../derive/place';
import { probePictures } from '../derive/probes';
import { valueOf } from '../model/loadable';
import type { AtlasScale, Picture } from '../model/picture';
import { levelUncertainty } from '../render/levels';
import type { ProbePoint } from '../state/selection';
import { Connected } from './connected';
import { common } from './theme';

const LISTED = 8;
const DIGITS = 4;
const MIDDLE: ProbePoint = { x: 0.5, y: 0.5 };
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type Selected = [Pane | null, string | null, ProbePoint | null, ProbePoint | null];

/** The probe to point at: which channels respond there, the strongest first. */
export class ProbePointView extends Connected<Selected> {
  static override styles = [
    common,
    css`
      section {
        padding: 16px;
        border-top: 1px solid var(--line);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 28px;
        margin-bottom: 8px;
      }
      .body {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
      }
      .image {
        position: relative;
        flex: none;
        align-self: flex-start;
        cursor: crosshair;
        touch-action: none;
        border-radius: 4px;
      }
      img {
        display: block;
        width: 176px;
        image-rendering: pixelated;
        border-radius: 4px;
      }
      .cell {
        position: absolute;
        outline: 2px solid var(--cursor);
        box-shadow: 0 0 0 3px rgb(0 0 0 / 50%);
        pointer-events: none;
      }
      ol {
        flex: 1 1 96px;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 12px;
      }
      li button {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        width: 100%;
        height: 22px;
        padding: 0 6px;
        border-color: transparent;
        background: none;
      }
      p {
        margin: 8px 0 0;
        font-size: 12px;
        line-height: 16px;
      }
    `,
  ];

  protected override listen(app: AppState): () => void {
    const ends = [super.listen(app), app.probePoint.subscribe(() => this.check())];
    return () => {
      for (const end of ends) end();
    };
  }

  protected override select(app: AppState): Selected {
    const { listing, library, selection, probePoint } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    const key = pane ? probePictures(library, pane.run)[pane.probe] : undefined;
    const address = key ? app.source.pictureAddress(key) : null;
    return [pane, address, probePoint.value, selection.value.point];
  }

  protected override view(
    pane: Pane | null,
    address: string | null,
    hovered: ProbePoint | null,
    held: ProbePoint | null,
  ) {
    if (!pane || address === null) return nothing;
    const picture = valueOf(pane.picture);
    const point = hovered ?? held;
    return html`<section data-testid="probe-point" aria-label="What a point of the probe excites">
      <header>
        <h2>What a point excites</h2>
        ${held ? this.release() : nothing}
      </header>
      ${
        isSpatial(pane.layer)
          ? html`<div class="body">
                ${this.image(address, picture?.scale, point)}
                ${picture && point ? this.list(picture, point) : nothing}
              </div>
              <p class="muted">${hint(picture?.scale, point, held)}</p>`
          : html`<p class="muted">
              This layer has no places: each channel has one value for the whole probe.
            </p>`
      }
    </section>`;
  }

  private release() {
    return html`<button
      data-testid="release-point"
      title="Channels in the order as before"
      @click=${() => this.actions.choosePoint(null)}
    >
      Release
    </button>`;
  }

  private image(address: string, scale: AtlasScale | undefined, point: ProbePoint | null) {
    return html`<div
      class="image"
      tabindex="0"
      role="application"
      aria-label="The probe: arrows move the point, Enter sorts the channels by it"
      data-testid="point-image"
      @pointermove=${this.pointed}
      @pointerdown=${this.pointed}
      @pointerleave=${() => this.app.probePoint.set(null)}
      @blur=${() => this.app.probePoint.set(null)}
      @click=${(event: MouseEvent) => this.actions.choosePoint(pointOf(event))}
      @keydown=${this.keyPressed}
    >
      <img src=${address} alt="" />${scale && point ? cell(scale, point) : nothing}
    </div>`;
  }

  private list(picture: Picture, point: ProbePoint) {
    const { row, column } = cellAt(picture.scale, point);
    const values = valuesAt(picture, row, column);
    const strongest = strongestAt(picture, row, column).slice(0, LISTED);
    return html`<ol data-testid="strongest" aria-label="The channels that respond most">
      ${strongest.map(
        (channel) =>
          html`<li>
            <button @click=${() => this.actions.chooseChannel(channel)}>
              <span>channel ${channel}</span>
              <span
                >${formatMeasured(values[channel]!, levelUncertainty(picture.scale, channel))}</span
              >
            </button>
          </li>`,
      )}
    </ol>`;
  }

  private pointed(event: PointerEvent): void {
    this.app.probePoint.set(pointOf(event));
  }

  private keyPressed(event: KeyboardEvent): void {
    const [pane, , hovered, held] = this.selected;
    const scale = valueOf(pane?.picture)?.scale;
    const point = hovered ?? held ?? MIDDLE;
    const move = MOVES[event.key];
    if (!scale || (!move && event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    event.stopPropagation();
    if (move) this.app.probePoint.set(moved(point, move, scale));
    else this.actions.choosePoint(point);
  }
}
customElements.define('fm-probe-point', ProbePointView);

function pointOf(event: MouseEvent): ProbePoint {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return {
    x: rounded((event.clientX - box.left) / box.width),
    y: rounded((event.clientY - box.top) / box.height),
  };
}

/** As many digits as a link holds. */
function rounded(share: number): number {
  return Number(Math.max(0, Math.min(1, share)).toFixed(DIGITS));
}

/** The middle of a cell beside. */
function moved(
  point: ProbePoint,
  [x, y]: readonly [number, number],
  scale: AtlasScale,
): ProbePoint {
  const { row, column } = cellAt(scale, point);
  const middle = (place: number, size: number) =>
    rounded((Math.max(0, Math.min(size - 1, place)) + 0.5) / size);
  return { x: middle(column + x, scale.tileWidth), y: middle(row + y, scale.tileHeight) };
}

function cell(scale: AtlasScale, point: ProbePoint) {
  const { row, column } = cellAt(scale, point);
  const [width, height] = [100 / scale.tileWidth, 100 / scale.tileHeight];
  return html`<div
    class="cell"
    style="left:${column * width}%;top:${row * height}%;width:${width}%;height:${height}%"
  ></div>`;
}

function hint(scale: AtlasScale | undefined, point: ProbePoint | null, held: ProbePoint | null) {
  if (!scale || !point) {
    return 'Point at the probe: the maps light up by their value there. A click sorts them by it.';
  }
  const { row, column } = cellAt(scale, point);
  return `Row ${row}, column ${column} of ${scale.tileHeight} × ${scale.tileWidth}, by its place in
    the picture; a channel there sees more of the probe than this. ${
      held ? 'The maps are sorted by it.' : ''
    }`;
}
