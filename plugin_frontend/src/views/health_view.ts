import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { channelState, healthOf, type ChannelState } from '../derive/health';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { valueOf } from '../model/loadable';
import { statisticOf, type Statistics } from '../model/statistics';
import { parseColor } from '../render/colormap';
import { MOST_ROWS, layoutHealth, paintHealth, type HealthLayout } from '../render/health';
import { healthStyles } from './health_styles';
import { Painted } from './painted';
import { common } from './theme';

const PADDING = 16;
const LEGEND_HEIGHT = 72;
const STATES: readonly (readonly [Exclude<ChannelState, 'active'>, string, string])[] = [
  ['dead', 'dead', 'zero for every probe and step since'],
  ['inactive', 'inactive', 'zero for this probe at this step'],
  ['constant', 'constant', 'one value all over for this probe'],
  ['notFinite', 'not finite', 'holds NaN or Inf for this probe'],
];

interface Under {
  readonly channel: number;
  /** Place among the steps. */
  readonly index: number;
}

/** The channels' health over the training: a row a channel, a column a step. */
export class HealthView extends Painted<[Pane | null]> {
  static override properties = { under: { state: true } };
  static override styles = [
    common,
    healthStyles,
    css`
      header {
        padding: 12px ${PADDING}px 4px;
      }
      .sheet {
        padding: 8px ${PADDING}px ${PADDING}px;
      }
    `,
  ];
  declare under: Under | null;
  private layout: HealthLayout | null = null;

  protected override select(app: AppState): [Pane | null] {
    const { listing, selection, library } = app;
    return [listing ? paneOf(panesOf(listing, selection.value, library).first) : null];
  }

  protected override view(pane: Pane | null) {
    const statistics = valueOf(pane?.statistics)?.items;
    const channels = statistics?.at(-1)?.channels ?? 0;
    if (!pane || !statistics?.length) return this.waiting(pane);
    const rows = Math.min(channels, MOST_ROWS);
    const [width, height] = [this.clientWidth - 2 * PADDING, this.clientHeight - LEGEND_HEIGHT];
    this.layout = layoutHealth(statistics.length, rows, width, height);
    return html`${this.legend(pane, statistics, channels)}
      <div class="sheet">
        <div class="picture">
          <canvas
            data-testid="health-canvas"
            role="img"
            aria-label="Health of ${rows} channels at ${statistics.length} steps"
            @click=${this.clicked}
            @pointermove=${(event: PointerEvent) => (this.under = this.at(event))}
            @pointerleave=${() => (this.under = null)}
          ></canvas>
          ${this.cursor(pane, statistics, this.layout)}
        </div>
        ${
          rows < channels
            ? html`<p class="muted">The first ${rows} of ${channels} channels.</p>`
            : nothing
        }
      </div>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [pane] = this.selected;
    const { layout } = this;
    if (!pane || !layout?.width || !layout.height) return null;
    return [valueOf(pane.statistics)?.items, pane.probe, pane.layer, layout.width, layout.height];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [pane] = this.selected;
    const statistics = valueOf(pane?.statistics)?.items;
    const { layout } = this;
    if (!pane || !statistics || !layout) return;
    const { probe } = pane;
    const spatial = isSpatial(pane.layer);
    canvas.width = layout.width;
    canvas.height = layout.height;
    const image = new ImageData(layout.width, layout.height);
    const cell = (channel: number, index: number) => ({
      state: channelState(statistics, index, probe, channel, spatial),
      zeros: statisticOf(statistics[index], probe, channel, 'zeros') ?? 0,
    });
    paintHealth(image, layout, cell, this.colors());
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    canvas.dataset['cells'] = `${statistics.length}x${layout.height / layout.cellHeight}`;
  }

  private waiting(pane: Pane | null) {
    const { statistics } = pane ?? {};
    const failed = statistics?.status === 'failed' ? statistics.message : null;
    const none = statistics === null || statistics?.status === 'ready';
    const text = none ? 'No statistics of this layer were logged.' : (failed ?? 'Loading …');
    return html`<div class="sheet"><p class="muted">${text}</p></div>`;
  }

  private legend(pane: Pane, statistics: Statistics, channels: number) {
    const { layer, probe, capture } = pane;
    const health = capture && healthOf(statistics, capture.step, probe, isSpatial(layer));
    return html`<header data-testid="health-legend">
      ${STATES.map(
        ([state, name, title]) =>
          html`<span title=${title}
            ><span class="key" style="background:var(--health-${state})"></span>${
              health?.[state] ?? '–'
            }
            ${name}</span
          >`,
      )}
      <span class="muted">of ${channels} at step ${capture ? formatStep(capture.step) : '–'}</span>
      <span class="muted"><span class="key ramp"></span>no zeros … nearly all zero</span>
      ${this.description(pane, statistics)}
    </header>`;
  }

  private description({ probe, layer }: Pane, statistics: Statistics) {
    const at = this.under && statistics[this.under.index];
    if (!this.under || !at) return nothing;
    const { channel, index } = this.under;
    const state = channelState(statistics, index, probe, channel, isSpatial(layer));
    const zeros = statisticOf(at, probe, channel, 'zeros') ?? 0;
    const name = STATES.find(([one]) => one === state)?.[1] ?? 'active';
    return html`<span class="under" data-testid="health-under"
      ><strong>channel ${channel}</strong> · step ${formatStep(at.step)} · ${name} ·
      ${(100 * zeros).toFixed(1)} % zeros</span
    >`;
  }

  private cursor({ capture }: Pane, statistics: Statistics, { cellWidth }: HealthLayout) {
    const column = statistics.findIndex(({ step }) => step === capture?.step);
    if (column < 0) return nothing;
    return html`<div
      class="cursor"
      style="left:${column * cellWidth}px;width:${cellWidth}px"
    ></div>`;
  }

  private colors() {
    const style = getComputedStyle(this);
    const color = (name: string) => parseColor(style.getPropertyValue(name).trim());
    const pixel = ([red = 0, green = 0, blue = 0]: number[]) =>
      ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    const [full, sparse] = [color('--health-full'), color('--health-sparse')];
    const active = Uint32Array.from({ length: 256 }, (_, i) =>
      pixel(full.map((one, c) => Math.round(one + ((sparse[c]! - one) * i) / 255))),
    );
    return {
      dead: pixel(color('--health-dead')),
      inactive: pixel(color('--health-inactive')),
      constant: pixel(color('--health-constant')),
      notFinite: pixel(color('--health-notFinite')),
      active,
    };
  }

  private at(event: MouseEvent): Under | null {
    const { layout } = this;
    const [pane] = this.selected;
    const steps = valueOf(pane?.statistics)?.items.length ?? 0;
    if (!layout) return null;
    const index = Math.floor(event.offsetX / layout.cellWidth);
    const channel = Math.floor(event.offsetY / layout.cellHeight);
    const rows = layout.height / layout.cellHeight;
    const inside = index >= 0 && index < steps && channel >= 0 && channel < rows;
    return inside ? { channel, index } : null;
  }

  private clicked(event: MouseEvent): void {
    const under = this.at(event);
    const [pane] = this.selected;
    const step = under && valueOf(pane?.statistics)?.items[under.index]?.step;
    if (!under || step == null) return;
    this.actions.chooseStep(step);
    this.actions.chooseChannel(under.channel);
  }
}
customElements.define('fm-health', HealthView);
