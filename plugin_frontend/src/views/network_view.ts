import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { ILLS, type Ill } from '../derive/health';
import { memoised } from '../derive/memo';
import { hasIll, networkCell, networkOf, shareAt, sharePath, shownIll } from '../derive/network';
import type { Network, NetworkCell, NetworkRow } from '../derive/network';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { nearestIndex } from '../derive/steps';
import { parseColor } from '../render/colormap';
import { paintShares, shareRamp, stepColumns } from '../render/network';
import { choice } from './choice';
import { ILL_NAMES } from '../derive/health_names';
import { networkStyles } from './network_styles';
import { Painted } from './painted';
import { stepAxis, stepAxisStyles } from './step_axis';
import { common } from './theme';
import './tip_view';
import type { TipView } from './tip_view';

const [LOWEST_ROW, HIGHEST_ROW] = [20, 32];
/** What network_styles.ts has beside the columns of steps, and up to which width. */
const [BESIDE, BESIDE_NARROW, NARROW] = [448, 248, 600];
/** Header, axis and paddings around the rows. */
const AROUND = 76;

type Selected = [Network, Pane | null, Ill, number | null];

/** All layers of the run over the steps: how much of each is dead, or otherwise not well. */
export class NetworkView extends Painted<Selected> {
  static override styles = [common, networkStyles, stepAxisStyles];
  private columns = 1;
  private readonly rampOf = memoised(
    (none: string, all: string) => shareRamp(parseColor(none), parseColor(all)),
    2,
  );

  protected override select(app: AppState): Selected {
    const { listing, selection, library, look } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    const network = networkOf(library, pane);
    const ill = shownIll(network, look.value.ill);
    return [network, pane, ill, app.timeline?.cursor ?? null];
  }

  protected override view(network: Network, pane: Pane | null, ill: Ill, cursor: number | null) {
    const { rows, steps } = network;
    const room = ((this.size?.height ?? 0) - AROUND) / Math.max(1, rows.length);
    const height = Math.floor(Math.max(LOWEST_ROW, Math.min(HIGHEST_ROW, room)));
    return html`${this.header(network, ill)}
      <div class="scroll" style="--row:${height}px" tabindex="-1">
        <div class="table" style="height:${height * rows.length}px">
          ${repeat(
            rows,
            ({ layer }) => layer.tag,
            (row) => this.row(row, row.layer === pane?.layer, ill, cursor),
          )}
          <div class="picture">
            <canvas
              data-testid="network-canvas"
              role="img"
              aria-label="Share of channels that are ${ILL_NAMES[ill].name}, ${rows.length} layers at ${steps.length} steps"
              @click=${this.clicked}
              @pointermove=${this.pointerMoved}
              @pointerdown=${this.pointerMoved}
              @pointerleave=${this.hideTip}
            ></canvas>
            ${this.cursor(steps, cursor)}
          </div>
        </div>
        ${steps.length ? html`<div class="foot">${stepAxis(steps, this.room())}</div>` : nothing}
      </div>
      <fm-tip data-testid="network-tip"></fm-tip>`;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    this.columns = stepColumns(this.selected[0].steps.length, this.room());
  }

  protected override paintKey(): readonly unknown[] | null {
    const [network, , ill] = this.selected;
    return network.rows.length ? [network, ill, this.columns] : null;
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [{ rows, steps }, , ill] = this.selected;
    const style = getComputedStyle(this);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const image = new ImageData(this.columns, rows.length);
    const share = (row: number, column: number) => this.cell(row, column)?.share ?? null;
    paintShares(image, share, this.rampOf(color('--panel'), color('--text')));
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    Object.assign(canvas.dataset, { cells: `${steps.length}x${rows.length}`, ill, ready: 'true' });
  }

  private header(network: Network, ill: Ill) {
    const { rows } = network;
    const known = rows.filter(({ curve }) => curve).length;
    return html`<header>
      ${choice({
        label: 'Channels that are',
        testId: 'ill-select',
        names: ILLS,
        title: (name) => ILL_NAMES[name].name,
        chosen: ill,
        choose: (name) => this.actions.show({ ill: name }),
      })}
      <span class="muted">${ILL_NAMES[ill].meaning}</span>
      <span class="ramp">none <i></i> all of the layer</span>
      ${
        known < rows.length
          ? html`<span class="muted" role="status" data-testid="network-known"
              >${known} of ${rows.length} layers are known</span
            >`
          : nothing
      }
      ${
        known && !hasIll(network, ill)
          ? html`<strong role="status" data-testid="network-none"
              >${noneIs(network, ill, known < rows.length)}</strong
            >`
          : nothing
      }
    </header>`;
  }

  private row(row: NetworkRow, chosen: boolean, ill: Ill, cursor: number | null) {
    const { layer, curve, problem } = row;
    return html`<div class="row" data-testid="network-row" data-layer=${layer.name}>
      <button
        class="name"
        aria-current=${chosen}
        title="${layer.name}: its channels over the steps"
        @click=${() => this.open(layer.tag)}
      >
        <bdi>${layer.name}</bdi>
      </button>
      ${
        curve
          ? html`<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <path d=${sharePath(curve, ill)} />
              </svg>
              ${count(row, ill, cursor)}`
          : html`<span class="problem" title=${problem ?? ''}>${problem}</span>`
      }
    </div>`;
  }

  private cursor(steps: readonly number[], cursor: number | null) {
    if (cursor === null || !steps.length) return nothing;
    const left = (100 * nearestIndex(steps, cursor)) / steps.length;
    return html`<div class="cursor" style="left:${left}%;width:${100 / steps.length}%"></div>`;
  }

  /** Room for the columns of steps. */
  private room(): number {
    const width = this.size?.width ?? 0;
    return width - (width > NARROW ? BESIDE : BESIDE_NARROW);
  }

  /** Of a layer's place and a column: the step that is worst in it. */
  private cell(row: number, column: number): NetworkCell | null {
    const [network, , ill] = this.selected;
    return networkCell(network, this.columns, ill, row, column);
  }

  private at(event: MouseEvent): { row: NetworkRow; cell: NetworkCell | null } | null {
    const [{ rows }] = this.selected;
    const { clientWidth, clientHeight } = event.currentTarget as HTMLCanvasElement;
    const column = Math.floor((event.offsetX / clientWidth) * this.columns);
    const index = Math.floor((event.offsetY / clientHeight) * rows.length);
    const row = rows[index];
    if (!row || column < 0 || column >= this.columns) return null;
    return { row, cell: this.cell(index, column) };
  }

  private pointerMoved(event: PointerEvent): void {
    const at = this.at(event);
    if (!at) this.hideTip();
    else this.tip?.show(described(at.row, at.cell), event.clientX, event.clientY);
  }

  private get tip(): TipView | null {
    return this.renderRoot.querySelector('fm-tip');
  }

  private hideTip(): void {
    this.tip?.hide();
  }

  private clicked(event: MouseEvent): void {
    const at = this.at(event);
    if (!at) return;
    const step = at.cell && at.row.curve?.steps[at.cell.index];
    if (step != null) this.actions.chooseStep(step);
    this.open(at.row.layer.tag);
  }

  /** Leads to the channels of a layer. */
  private open(tag: string): void {
    this.actions.chooseLayer(tag);
    this.actions.setView('health');
  }
}
customElements.define('fm-network', NetworkView);

const ALTERNATIVES = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** What an empty picture means, and which other pictures are not empty. */
function noneIs(network: Network, ill: Ill, isPart: boolean): string {
  const others = ILLS.filter((other) => other !== ill && hasIll(network, other));
  const where = isPart ? ' in the layers that are known' : '';
  const none = (ills: readonly Ill[]) => ALTERNATIVES.format(ills.map((at) => ILL_NAMES[at].name));
  if (!others.length) return `No channel is ever ${none(ILLS)}${where}.`;
  return `No channel is ever ${none([ill])}${where}; some are ${none(others)}.`;
}

function count({ curve }: NetworkRow, ill: Ill, cursor: number | null) {
  if (!curve || cursor === null) return nothing;
  const index = nearestIndex(curve.steps, cursor);
  const broken = curve.counts.notFinite[index]!;
  const [many, channels] = [curve.counts[ill][index]!, curve.channels[index]!];
  const title = `${many} of ${channels} at step ${formatStep(curve.steps[index]!)}`;
  return html`<span class="count ${broken ? 'broken' : ''}" title=${title}
    >${broken && ill !== 'notFinite' ? '⚠ ' : ''}${many} of ${channels}</span
  >`;
}

function described({ layer, curve, problem }: NetworkRow, cell: NetworkCell | null) {
  if (!curve || !cell) return html`<strong>${layer.name}</strong><br />${problem}`;
  const { index } = cell;
  const percent = (ill: Ill) => (100 * shareAt(curve, index, ill)).toFixed(1);
  return html`<strong><bdi>${layer.name}</bdi></strong> · step ${formatStep(curve.steps[index]!)}
    ${ILLS.map(
      (ill) =>
        html`<br />${curve.counts[ill][index]} of ${curve.channels[index]} ${ILL_NAMES[ill].name}
          (${percent(ill)} %)`,
    )}`;
}
