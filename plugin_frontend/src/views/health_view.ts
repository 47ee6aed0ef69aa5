import { LitElement, css, html, nothing } from 'lit';
import { layoutHealth, paintHealth, type HealthLayout } from '../render/health';
import { channelState, healthOf, isSpatial, statistic } from '../store/channels';
import type { Controller } from '../store/controller';
import { currentLayer, type State } from '../store/state';
import { parseColor } from '../render/colormap';
import { common } from './theme';

const PADDING = 16;
const STATES = [
  ['dead', 'dead', 'zero all over for this probe'],
  ['saturated', 'saturated', 'one value all over for this probe'],
  ['notFinite', 'not finite', 'holds NaN or Inf for this probe'],
] as const;

interface Under {
  channel: number;
  step: number;
}

/** The channels' health over the training: a row a channel, a column a step. */
export class HealthView extends LitElement {
  static override properties = { state: {}, controller: {}, under: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        min-height: 0;
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        padding: 12px ${PADDING}px 4px;
        font-size: 12px;
      }
      .key {
        display: inline-block;
        width: 12px;
        height: 12px;
        border-radius: 3px;
        border: 1px solid var(--line);
        vertical-align: -1px;
        margin-right: 6px;
      }
      .ramp {
        width: 64px;
        background: linear-gradient(to right, var(--health-full), var(--health-sparse));
      }
      .under {
        margin-left: auto;
      }
      .sheet {
        overflow: auto;
        padding: 8px ${PADDING}px ${PADDING}px;
        min-height: 0;
      }
      .picture {
        position: relative;
        width: max-content;
      }
      canvas {
        display: block;
        cursor: pointer;
      }
      .cursor {
        position: absolute;
        top: 0;
        bottom: 0;
        outline: 2px solid var(--accent);
        pointer-events: none;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;
  declare under: Under | null;
  private layout: HealthLayout | null = null;
  private readonly resized = new ResizeObserver(() => this.requestUpdate());
  private readonly theme = new MutationObserver(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
    this.theme.observe(document.documentElement, { attributeFilter: ['class'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.theme.disconnect();
  }

  override render() {
    const { step, probe, captures } = this.state;
    const layer = currentLayer(this.state);
    const stats = this.stats();
    if (!layer || !stats || step === null) {
      return html`<div class="sheet"><p class="muted">Loading …</p></div>`;
    }
    const health = healthOf(stats, step, probe, isSpatial(layer));
    this.layout = layoutHealth(
      stats.steps.length,
      layer.channels,
      this.clientWidth - 2 * PADDING,
      this.clientHeight - 72,
    );
    const column = stats.steps.findIndex((one) => one.step === step);
    const { cellWidth } = this.layout;
    return html`<header data-testid="health-legend">
        ${STATES.map(
          ([state, name, title]) =>
            html`<span title=${title}
              ><span class="key" style="background:var(--health-${state})"></span>${
                health?.[state] ?? 0
              }
              ${name}</span
            >`,
        )}
        <span class="muted">of ${layer.channels} at step ${step.toLocaleString('en')}</span>
        <span class="muted"><span class="key ramp"></span>no zeros … nearly all zero</span>
        ${this.description()}
      </header>
      <div class="sheet">
        <div class="picture">
          <canvas
            data-testid="health-canvas"
            role="img"
            aria-label="Health of ${layer.channels} channels at ${captures.length} steps"
            @click=${this.clicked}
            @pointermove=${(event: PointerEvent) => (this.under = this.at(event))}
            @pointerleave=${() => (this.under = null)}
          ></canvas>
          ${
            column < 0
              ? nothing
              : html`<div
                  class="cursor"
                  style="left:${column * cellWidth}px;width:${cellWidth}px"
                ></div>`
          }
        </div>
      </div>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const stats = this.stats();
    const { layout } = this;
    if (!canvas || !stats || !layout?.width || !layout.height) return;
    const { probe } = this.state;
    const spatial = isSpatial(currentLayer(this.state));
    const steps = stats.steps.map((one) => one.step);
    canvas.width = layout.width;
    canvas.height = layout.height;
    const image = new ImageData(layout.width, layout.height);
    const cell = (channel: number, column: number) => ({
      state: channelState(stats, steps[column]!, probe, channel, spatial),
      zeros: statistic(stats, steps[column]!, probe, channel, 'zeros') ?? 0,
    });
    paintHealth(image, layout, cell, this.colors());
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    canvas.dataset['cells'] = `${steps.length}x${layout.height / layout.cellHeight}`;
  }

  private stats() {
    return this.state.stats[this.state.layer ?? ''];
  }

  private colors() {
    const style = getComputedStyle(this);
    const color = (name: string) => parseColor(style.getPropertyValue(name).trim());
    const pixel = ([red, green, blue]: number[]) =>
      ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
    const [full, sparse] = [color('--health-full'), color('--health-sparse')];
    const active = Uint32Array.from({ length: 256 }, (_, i) =>
      pixel(full.map((one, c) => Math.round(one + ((sparse[c]! - one) * i) / 255))),
    );
    return {
      dead: pixel(color('--health-dead')),
      saturated: pixel(color('--health-saturated')),
      notFinite: pixel(color('--health-notFinite')),
      active,
    };
  }

  private description() {
    if (!this.under) return nothing;
    const { channel, step } = this.under;
    const spatial = isSpatial(currentLayer(this.state));
    const state = channelState(this.stats(), step, this.state.probe, channel, spatial);
    const zeros = statistic(this.stats(), step, this.state.probe, channel, 'zeros') ?? 0;
    const name = STATES.find(([one]) => one === state)?.[1] ?? 'active';
    return html`<span class="under" data-testid="health-under"
      ><strong>channel ${channel}</strong> · step ${step.toLocaleString('en')} · ${name} ·
      ${(100 * zeros).toFixed(1)} % zeros</span
    >`;
  }

  private at(event: MouseEvent): Under | null {
    const { layout } = this;
    if (!layout) return null;
    const at = this.stats()?.steps[Math.floor(event.offsetX / layout.cellWidth)];
    const channel = Math.floor(event.offsetY / layout.cellHeight);
    return at && channel >= 0 && channel < (at.shape[1] ?? 0) ? { channel, step: at.step } : null;
  }

  private clicked(event: MouseEvent): void {
    const under = this.at(event);
    if (!under) return;
    this.controller.chooseStep(under.step);
    this.controller.chooseChannel(under.channel);
  }
}
customElements.define('fm-health', HealthView);
