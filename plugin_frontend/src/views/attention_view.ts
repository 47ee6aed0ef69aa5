import { css, html, nothing, svg } from 'lit';
import type { AppState } from '../app_state';
import { attributionsAsk } from '../data/asks';
import { formatStep } from '../derive/format';
import { agreements, attentionMaps, type Agreement, type AttentionMap } from '../derive/grad_cam';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { probePictures } from '../derive/probes';
import { indexAt, nearestIndex } from '../derive/steps';
import type { AttributionsAt } from '../model/gradient';
import { valueOf } from '../model/loadable';
import type { Series } from '../model/series';
import { colormap } from '../render/colormap';
import { lineColor } from '../render/palette';
import { Connected } from './connected';
import { common } from './theme';

/** How much of the probe the strongest place covers, of 255. */
const MOST_COVER = 200;

type Selected = [Pane | null, Series<AttributionsAt> | null, string | null, readonly string[]];

/** Where each head looks: Grad-CAM over the probe, the heads side by side, and their agreement. */
export class AttentionView extends Connected<Selected> {
  static override styles = [
    common,
    css`
      :host {
        display: block;
        padding: 16px 0 8px;
        text-align: left;
      }
      .heads {
        display: flex;
        flex-wrap: wrap;
        gap: 16px;
        align-items: end;
      }
      figure {
        margin: 0;
        width: 160px;
      }
      .over {
        position: relative;
        width: 160px;
        height: 160px;
        border-radius: 4px;
        overflow: hidden;
        background: var(--hover);
      }
      .over > * {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      img {
        image-rendering: pixelated;
      }
      figcaption {
        font-size: 12px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .agreement figcaption {
        max-width: 240px;
        white-space: normal;
      }
      .agreement svg {
        display: block;
        width: 240px;
        height: 120px;
        border: 1px solid var(--line);
        border-radius: 4px;
        overflow: visible;
      }
      path {
        fill: none;
        stroke-width: 1.5px;
        vector-effect: non-scaling-stroke;
      }
      line {
        vector-effect: non-scaling-stroke;
        stroke: var(--line);
      }
      line.cursor {
        stroke: var(--cursor, var(--accent));
        stroke-width: 2px;
      }
    `,
  ];

  protected override select(app: AppState): Selected {
    const { listing, selection, library } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    const ask = pane && attributionsAsk(pane.run, pane.layer);
    const series = ask ? (valueOf(library.attributions.peek(ask)) ?? null) : null;
    const key = pane && probePictures(library, pane.run)[pane.probe];
    const labels = pane?.run.probes?.labels ?? NONE;
    return [pane, series, key ? app.source.pictureAddress(key) : null, labels];
  }

  protected override view(
    pane: Pane | null,
    series: Series<AttributionsAt> | null,
    address: string | null,
    labels: readonly string[],
  ) {
    if (!pane) return nothing;
    const title = html`<h2>Where the heads look, at <bdi>${pane.layer.name}</bdi></h2>`;
    if (pane.layer.attributionsTag === null) {
      return html`${title}
        <p class="muted" data-testid="attention-message">
          This layer has none logged. <code>FeatureMaps(…, attributions=True)</code> logs them.
        </p>`;
    }
    const maps = mapsOf(pane, series);
    if (typeof maps === 'string') {
      return html`${title}
        <p class="muted" data-testid="attention-message">${maps}</p>`;
    }
    return html`${title}${partly(pane, series)}
      <div class="heads">
        ${maps.map((map) => this.head(map, address, pane, labels))}
        ${this.agreement(agreements(series!.items, pane.probe), pane.capture?.step ?? 0)}
      </div>`;
  }

  protected override updated(): void {
    const [pane, series] = this.selected;
    const maps = pane && mapsOf(pane, series);
    if (!maps || typeof maps === 'string') return;
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, index) => {
      const map = maps[index];
      if (map) paint(canvas, map);
    });
  }

  private head(map: AttentionMap, address: string | null, pane: Pane, labels: readonly string[]) {
    const { head, largest } = map;
    const known = (head.classes[pane.probe] ?? -1) >= 0;
    const subject = known ? (labels[pane.probe] ?? 'its class') : 'its first choice';
    const said = `${head.name}: ${subject}`;
    const none = largest > 0 ? '' : ' – nothing speaks for it here';
    const title = `Grad-CAM of the ${head.ofLogits ? 'logit' : 'output'}, from none to its largest`;
    return html`<figure data-testid="attention-head" data-head=${head.name}>
      <div class="over">
        ${address === null ? nothing : html`<img src=${address} alt="" />`}
        <canvas role="img" aria-label="Where ${said} comes from"></canvas>
      </div>
      <figcaption title="${title}${none}">
        <strong><bdi>${head.name}</bdi></strong> · <bdi>${subject}</bdi>${none}
      </figcaption>
    </figure>`;
  }

  private agreement(lines: readonly Agreement[], step: number) {
    if (!lines.length) return nothing;
    return html`<figure class="agreement" data-testid="attention-agreement">
      <svg viewBox="0 -1 100 2" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<line x1="0" x2="100" y1="0" y2="0"></line>`}
        ${lines.map(
          (line, index) =>
            svg`<path d=${pathOf(line)} style="stroke:var(${lineColor(index + 1)})"></path>`,
        )}
        ${cursorOf(lines[0]!, step)}
      </svg>
      <figcaption title="Cosine of what they owe to the layer's channels, over the steps">
        with main:
        ${lines
          .map(({ head, steps, cosines }) => {
            const cosine = cosines[nearestIndex(steps, step)] ?? NaN;
            return `${head} ${Number.isNaN(cosine) ? '–' : cosine.toFixed(2)}`;
          })
          .join(', ')}
      </figcaption>
    </figure>`;
  }
}
customElements.define('fm-attention', AttentionView);

const NONE: readonly string[] = [];

/** The maps at the pane's capture, or why there are none. */
function mapsOf(
  pane: Pane,
  series: Series<AttributionsAt> | null,
): readonly AttentionMap[] | string {
  const { capture, layer } = pane;
  if (!isSpatial(layer)) return 'This layer has no places to look at: its maps are single values.';
  const picture = valueOf(pane.picture);
  if (!series || !capture || !picture) return 'Loading …';
  const index = indexAt(series.items, capture.step);
  const at = series.items[index];
  if (!at) return `Nothing was logged of step ${formatStep(capture.step)}.`;
  return attentionMaps(picture, at, pane.probe);
}

function partly(pane: Pane, series: Series<AttributionsAt> | null) {
  const all = series?.items[0]?.channels ?? 0;
  const shown = valueOf(pane.picture)?.scale.channels ?? all;
  return shown < all
    ? html`<p class="muted">Made of the first ${shown} of ${all} channels.</p>`
    : nothing;
}

function paint(canvas: HTMLCanvasElement, { width, height, values, largest }: AttentionMap): void {
  canvas.width = width;
  canvas.height = height;
  canvas.dataset['largest'] = String(largest);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colors = colormap('magma');
  values.forEach((value, place) => {
    const share = largest > 0 ? value / largest : 0;
    const color = colors[Math.round(share * 255)]! & 0xffffff;
    pixels[place] = ((Math.round(share * MOST_COVER) << 24) | color) >>> 0;
  });
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

function pathOf({ cosines }: Agreement): string {
  const last = Math.max(1, cosines.length - 1);
  let pen = 'M';
  const parts = cosines.map((cosine, index) => {
    if (Number.isNaN(cosine)) {
      pen = 'M';
      return '';
    }
    const part = `${pen}${((100 * index) / last).toFixed(2)},${(-cosine).toFixed(4)}`;
    pen = 'L';
    return part;
  });
  return parts.join(' ');
}

function cursorOf({ steps }: Agreement, step: number) {
  const x = (100 * nearestIndex(steps, step)) / Math.max(1, steps.length - 1);
  return svg`<line class="cursor" x1=${x} x2=${x} y1="-1" y2="1"></line>`;
}
