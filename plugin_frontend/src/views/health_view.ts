import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import {
  ILLS,
  channelState,
  deadSince,
  deathOrder,
  healthCells,
  healthCurve,
  healthOf,
} from '../derive/health';
import { shareAt, sharePath } from '../derive/network';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { channelOf } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import { statisticOf, type Statistics } from '../model/statistics';
import { MOST_ROWS, healthColors, healthSize, paintHealth } from '../render/health';
import { ILL_NAMES, stateName } from '../derive/health_names';
import { healthStyles } from './health_styles';
import { Painted } from './painted';
import { stepAxis, stepAxisStyles } from './step_axis';
import { common } from './theme';
import './tip_view';
import type { TipView } from './tip_view';

const PADDING = 16;
/** Legend, curve, axis and paddings around the picture. */
const AROUND = 128;
/** From so high a row on there is a line between channels. */
const APART = 5;

type Selected = [Pane | null, number | null];

/** One layer's health over the training: a row per channel by its death, a column per step. */
export class HealthView extends Painted<Selected> {
  static override styles = [common, healthStyles, stepAxisStyles];

  protected override select(app: AppState): Selected {
    const { listing, selection, library } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    return [pane, channelOf(selection.value.channel)];
  }

  protected override view(pane: Pane | null, channel: number | null) {
    const statistics = valueOf(pane?.statistics)?.items;
    if (!pane || !statistics?.length || !this.size) return this.waiting(pane);
    const order = this.rows(statistics);
    const channels = statistics.at(-1)!.channels;
    const { width, height, row } = healthSize(
      statistics.length,
      order.length,
      this.size.width - 2 * PADDING,
      this.size.height - AROUND,
    );
    return html`${this.legend(pane, statistics, channels)}
      <div class="scroll" tabindex="-1">
        <div class="sheet" style="width:${width}px;--row:${row}px">
          ${deadCurve(pane, statistics)}
          <div class="picture ${row >= APART ? 'apart' : ''}" style="height:${height}px">
            <canvas
              data-testid="health-canvas"
              role="img"
              aria-label="Health of ${order.length} channels at ${statistics.length} steps, by their death"
              @click=${this.clicked}
              @pointermove=${this.pointerMoved}
              @pointerdown=${this.pointerMoved}
              @pointerleave=${() => this.tip?.hide()}
            ></canvas>
            ${cursor(pane, statistics)} ${chosen(order, channel)}
          </div>
          <div class="foot">${stepAxis(steps(statistics), width)}</div>
        </div>
        ${
          order.length < channels
            ? html`<p class="muted">The first ${order.length} of ${channels} channels.</p>`
            : nothing
        }
      </div>
      <fm-tip data-testid="health-under"></fm-tip>`;
  }

  protected override paintKey(): readonly unknown[] | null {
    const [pane] = this.selected;
    return pane && [valueOf(pane.statistics)?.items, pane.probe, pane.layer];
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [pane] = this.selected;
    const statistics = valueOf(pane?.statistics)?.items;
    if (!pane || !statistics?.length) return;
    const { probe } = pane;
    const spatial = isSpatial(pane.layer);
    const order = this.rows(statistics);
    const image = new ImageData(statistics.length, Math.max(1, order.length));
    const style = getComputedStyle(this);
    const colors = healthColors((name) => style.getPropertyValue(name).trim());
    paintHealth(image, healthCells(statistics, order, probe, spatial), colors);
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    canvas.dataset['cells'] = `${image.width}x${image.height}`;
    canvas.dataset['order'] = JSON.stringify(order);
  }

  private rows(statistics: Statistics): readonly number[] {
    const order = deathOrder(statistics);
    return order.length > MOST_ROWS ? order.slice(0, MOST_ROWS) : order;
  }

  private waiting(pane: Pane | null) {
    const { statistics } = pane ?? {};
    const failed = statistics?.status === 'failed' ? statistics.message : null;
    const none =
      statistics === null || (statistics?.status === 'ready' && !statistics.value.items.length);
    const text = none ? 'No statistics of this layer were logged.' : (failed ?? 'Loading …');
    return html`<p class="muted message">${text}</p>`;
  }

  private legend(pane: Pane, statistics: Statistics, channels: number) {
    const { layer, probe, capture } = pane;
    const health = capture && healthOf(statistics, capture.step, probe, isSpatial(layer));
    return html`<header data-testid="health-legend">
      ${ILLS.map(
        (ill) =>
          html`<span title=${ILL_NAMES[ill].meaning}
            ><span class="key" style="background:var(--health-${ill})"></span
            >${health?.[ill] ?? '–'} ${ILL_NAMES[ill].name}</span
          >`,
      )}
      <span class="muted">of ${channels} at step ${capture ? formatStep(capture.step) : '–'}</span>
      <span class="muted"><span class="key ramp"></span>no zeros … nearly all zero</span>
    </header>`;
  }

  private get tip(): TipView | null {
    return this.renderRoot.querySelector('fm-tip');
  }

  /** The channel and the place among the steps under the pointer. */
  private at(event: MouseEvent) {
    const [pane] = this.selected;
    const statistics = valueOf(pane?.statistics)?.items;
    if (!pane || !statistics) return null;
    const order = this.rows(statistics);
    const { clientWidth, clientHeight } = event.currentTarget as HTMLCanvasElement;
    const index = Math.floor((event.offsetX / clientWidth) * statistics.length);
    const channel = order[Math.floor((event.offsetY / clientHeight) * order.length)];
    const at = statistics[index];
    return at && channel !== undefined ? { pane, statistics, at, index, channel } : null;
  }

  private pointerMoved(event: PointerEvent): void {
    const under = this.at(event);
    if (!under) {
      this.tip?.hide();
      return;
    }
    const { pane, statistics, at, index, channel } = under;
    const { probe, layer } = pane;
    const state = stateName(channelState(statistics, index, probe, channel, isSpatial(layer)));
    const zeros = (100 * (statisticOf(at, probe, channel, 'zeros') ?? 0)).toFixed(1);
    const died = statistics[deadSince(statistics)[channel]!]?.step;
    this.tip?.show(
      html`<strong>channel ${channel}</strong> · step ${formatStep(at.step)} · ${state} · ${zeros} %
        zeros${died === undefined ? nothing : html`<br />dead since step ${formatStep(died)}`}`,
      event.clientX,
      event.clientY,
    );
  }

  private clicked(event: MouseEvent): void {
    const under = this.at(event);
    if (!under) return;
    this.actions.chooseStep(under.at.step);
    this.actions.chooseChannel(under.channel);
  }
}
customElements.define('fm-health', HealthView);

function steps(statistics: Statistics): readonly number[] {
  return statistics.map(({ step }) => step);
}

/** The share of dead channels over the steps, its columns those of the picture below. */
function deadCurve({ capture, probe, layer }: Pane, statistics: Statistics) {
  const curve = healthCurve(statistics, probe, isSpatial(layer));
  const index = curve.steps.findIndex((step) => step === capture?.step);
  const share = index < 0 ? null : (100 * shareAt(curve, index, 'dead')).toFixed(1);
  const half = 50 / curve.steps.length; // a step's point lies in the middle of its column
  return html`<div class="curve">
    <span>dead: ${share ?? '–'} % (0 … 100)</span>
    <svg
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      aria-hidden="true"
      style="margin-left:${half}%;width:${100 - 2 * half}%"
    >
      <path d=${sharePath(curve, 'dead')} />
    </svg>
  </div>`;
}

function cursor({ capture }: Pane, statistics: Statistics) {
  const column = statistics.findIndex(({ step }) => step === capture?.step);
  if (column < 0) return nothing;
  const width = 100 / statistics.length;
  return html`<div class="cursor" style="left:${column * width}%;width:${width}%"></div>`;
}

function chosen(order: readonly number[], channel: number | null) {
  const row = channel === null ? -1 : order.indexOf(channel);
  if (row < 0) return nothing;
  const height = 100 / order.length;
  return html`<div
    class="chosen"
    data-testid="health-chosen"
    style="top:${row * height}%;height:${height}%"
  ></div>`;
}
