import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AppState } from '../app_state';
import { formatStep, formatValue } from '../derive/format';
import { gradientsOfRun } from '../derive/gradient_source';
import {
  cosineAt,
  gradientCell,
  normAt,
  sharesAt,
  updatesAt,
  type GradientTable,
  type ShownTerm,
} from '../derive/gradients';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { nearestIndex } from '../derive/steps';
import { GRADIENT_PLACES, type GradientPlace, type Gradients } from '../model/gradient';
import type { Loadable } from '../model/loadable';
import { paintGradients } from '../render/gradients';
import { columnStart, stepColumns } from '../render/network';
import { lineColor } from '../render/palette';
import './attention_view';
import { choice } from './choice';
import { gradientsStyles } from './gradients_styles';
import { networkStyles } from './network_styles';
import { Painted } from './painted';
import { stepAxis, stepAxisStyles } from './step_axis';
import { common } from './theme';
import './tip_view';
import type { TipView } from './tip_view';

const [LOWEST_ROW, HIGHEST_ROW] = [24, 40];
/** Header, axis and paddings around the rows. */
const AROUND = 84;
/** Pixels of a column: a term's part of a cell must be seen. */
const COLUMN_WIDTH = 3;
const PLACE_NAMES: Record<GradientPlace, string> = {
  activations: 'activations',
  kernels: 'kernels',
};

type Selected = [
  Loadable<Gradients> | null,
  GradientTable | null,
  Pane | null,
  GradientPlace,
  number | null,
];

/** Which term of the loss teaches which layer: layers × steps, each cell divided by term. */
export class GradientsView extends Painted<Selected> {
  static override styles = [common, networkStyles, gradientsStyles, stepAxisStyles];
  private columns = 1;

  protected override select(app: AppState): Selected {
    const { listing, selection, library, look } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    const { gradientPlace: place } = look.value;
    const { loaded, table } = gradientsOfRun(listing, selection.value, library, place);
    return [loaded, table, pane, place, app.timeline?.cursor ?? null];
  }

  protected override view(
    loaded: Loadable<Gradients> | null,
    table: GradientTable | null,
    pane: Pane | null,
    place: GradientPlace,
    cursor: number | null,
  ) {
    if (!table) return this.without(loaded, place);
    const { layers } = table.series;
    const room = ((this.size?.height ?? 0) - AROUND) / Math.max(1, layers.length);
    const height = Math.floor(Math.max(LOWEST_ROW, Math.min(HIGHEST_ROW, room)));
    const step = cursor === null ? table.steps.length - 1 : nearestIndex(table.steps, cursor);
    const updates =
      place === 'kernels' && loaded?.status === 'ready'
        ? updatesAt(loaded.value, table.steps[step]!)
        : null;
    return html`${this.header(table, place)}
      <div class="scroll" style="--row:${height}px" tabindex="-1">
        <div class="table" style="height:${height * layers.length}px">
          ${repeat(
            layers,
            (layer) => layer,
            (layer, row) => this.row(table, pane, layer, row, step, updates),
          )}
          <div class="picture">
            <canvas
              data-testid="gradients-canvas"
              role="img"
              aria-label="Gradients of the loss terms at ${layers.length} layers and ${
                table.steps.length
              } steps; the shares at the cursor stand beside"
              @click=${this.clicked}
              @pointermove=${this.pointerMoved}
              @pointerdown=${this.pointerMoved}
              @pointerleave=${this.hideTip}
            ></canvas>
            ${this.cursor(table.steps, cursor)}
          </div>
        </div>
        <div class="foot">${stepAxis(table.steps, this.room())}</div>
        <fm-attention></fm-attention>
      </div>
      <fm-tip data-testid="gradients-tip"></fm-tip>`;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const steps = this.selected[1]?.steps.length ?? 0;
    this.columns = stepColumns(steps, this.room() / COLUMN_WIDTH);
  }

  protected override paintKey(): readonly unknown[] | null {
    const [, table] = this.selected;
    return table ? [table, this.columns, this.size?.width, this.size?.height] : null;
  }

  protected override paint(canvas: HTMLCanvasElement): void {
    const [, table] = this.selected;
    if (!table) return;
    const style = getComputedStyle(this);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const scale = devicePixelRatio;
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const context = canvas.getContext('2d')!;
    context.scale(scale, scale);
    const rows = table.series.layers.length;
    const cell = (row: number, column: number) => gradientCell(table, this.columns, row, column);
    const terms = table.terms.map((term) => color(lineColor(term.color)));
    const size = { columns: this.columns, rows, width, height };
    paintGradients(context, size, cell, { terms, notFinite: color('--bad') });
    Object.assign(canvas.dataset, { cells: `${table.steps.length}x${rows}`, ready: 'true' });
  }

  private without(loaded: Loadable<Gradients> | null, place: GradientPlace) {
    if (loaded?.status === 'loading') return html`<p class="nothing">Loading …</p>`;
    if (loaded?.status === 'failed') {
      return html`<p class="nothing" role="alert">${loaded.message}</p>`;
    }
    if (loaded) {
      return html`${this.places(place)}
        <p class="nothing" data-testid="gradients-message">
          No gradients at ${PLACE_NAMES[place]} were logged in this run.
          ${loaded.value.messages.join(' ')}
        </p>`;
    }
    return html`<div class="nothing" data-testid="gradients-message">
      <p>This run holds no gradients. The callback <code>GradientTerms</code> logs them:</p>
      <p><code>GradientTerms("logs/run1", x_val[:64], y_val[:64])</code></p>
      <fm-attention></fm-attention>
    </div>`;
  }

  private places(place: GradientPlace) {
    return choice({
      label: 'Gradients at',
      testId: 'gradient-place-select',
      names: GRADIENT_PLACES,
      title: (name) => PLACE_NAMES[name],
      chosen: place,
      choose: (gradientPlace) => this.actions.show({ gradientPlace }),
    });
  }

  private header(table: GradientTable, place: GradientPlace) {
    const [low, high] = table.range ?? [NaN, NaN];
    return html`<header>
      ${this.places(place)}
      ${table.terms.map(
        (term) =>
          html`<span class="term"
            ><i class="swatch pattern-${term.color}" style=${fill(term)}></i>${term.name}</span
          >`,
      )}
      <span class="muted" data-testid="gradients-range"
        >norms ${formatValue(low)} (faint) … ${formatValue(high)} (full), logarithmic</span
      >
      <button data-testid="to-attention" @click=${this.showAttention}>Where the heads look</button>
    </header>`;
  }

  private row(
    table: GradientTable,
    pane: Pane | null,
    layer: string,
    row: number,
    step: number,
    updates: ReadonlyMap<string, number> | null,
  ) {
    const chosen = pane?.layer.name === layer;
    const logged = this.tagOf(pane, layer) !== null;
    const title = logged ? `${layer}: its maps at the cursor` : `${layer}: its maps are not logged`;
    return html`<div class="row" data-testid="gradients-row" data-layer=${layer}>
      <button
        class="name"
        aria-current=${chosen}
        aria-disabled=${!logged}
        title=${title}
        @click=${() => this.open(layer)}
      >
        <bdi>${layer}</bdi>
      </button>
      ${bars(table, step, row)}
      <span class="count" title=${cosines(table, step, row, true)}
        >${updates ? updated(updates.get(layer)) : ''}${cosines(table, step, row, false)}</span
      >
    </div>`;
  }

  private cursor(steps: readonly number[], cursor: number | null) {
    if (cursor === null || !steps.length) return nothing;
    const left = (100 * nearestIndex(steps, cursor)) / steps.length;
    return html`<div class="cursor" style="left:${left}%;width:${100 / steps.length}%"></div>`;
  }

  /** Room for the columns of steps. */
  private room(): number {
    return this.renderRoot.querySelector('.picture')?.clientWidth ?? this.size?.width ?? 0;
  }

  private at(event: MouseEvent): { row: number; step: number } | null {
    const [, table] = this.selected;
    const { clientWidth, clientHeight } = event.currentTarget as HTMLCanvasElement;
    const column = Math.floor((event.offsetX / clientWidth) * this.columns);
    const rows = table?.series.layers.length ?? 0;
    const row = Math.floor((event.offsetY / clientHeight) * rows);
    if (!table || row < 0 || row >= rows || column < 0 || column >= this.columns) return null;
    return { row, step: columnStart(column, this.columns, table.steps.length) };
  }

  private pointerMoved(event: PointerEvent): void {
    const at = this.at(event);
    const [, table] = this.selected;
    if (!at || !table) this.hideTip();
    else this.tip?.show(described(table, at.step, at.row), event.clientX, event.clientY);
  }

  private get tip(): TipView | null {
    return this.renderRoot.querySelector('fm-tip');
  }

  private hideTip(): void {
    this.tip?.hide();
  }

  private clicked(event: MouseEvent): void {
    const at = this.at(event);
    const [, table] = this.selected;
    if (!at || !table) return;
    this.actions.chooseStep(table.steps[at.step]!);
    this.open(table.series.layers[at.row]!);
  }

  private tagOf(pane: Pane | null, name: string): string | null {
    return pane?.run.layers.find((layer) => layer.name === name)?.tag ?? null;
  }

  /** Leads to the maps of a layer, where there are some. */
  private open(name: string): void {
    const tag = this.tagOf(this.selected[2], name);
    if (tag === null) return;
    this.actions.chooseLayer(tag);
    this.actions.setView('maps');
  }

  private showAttention(): void {
    this.renderRoot.querySelector('fm-attention')?.scrollIntoView({ block: 'nearest' });
  }
}
customElements.define('fm-gradients', GradientsView);

function fill({ color }: ShownTerm): string {
  return `background-color:var(${lineColor(color)})`;
}

function bars(table: GradientTable, step: number, row: number) {
  const shares = sharesAt(table, step, row);
  const sum = table.terms.reduce((all, { index }) => all + normAt(table, step, row, index), 0);
  if (!shares) {
    return html`<span
      class="bars"
      title=${Number.isFinite(sum) ? 'no gradient' : 'not finite'}
    ></span>`;
  }
  const said = table.terms.map(({ name }, term) => `${name} ${percent(shares[term]!)}`).join(', ');
  return html`<span class="bars" role="img" aria-label=${said} title=${said}
    >${table.terms.map(
      (term, index) =>
        html`<i
          class="pattern-${term.color}"
          style="width:${100 * shares[index]!}%;${fill(term)}"
        ></i>`,
    )}</span
  >`;
}

function cosines(table: GradientTable, step: number, row: number, long: boolean): string {
  const others = table.terms.filter(({ isMain }) => !isMain);
  const said = others.flatMap(({ name, index }) => {
    const cosine = cosineAt(table, step, row, index);
    return Number.isNaN(cosine) ? [] : `${name} ${signed(cosine)}`;
  });
  if (!long) return said.join(' · ');
  return said.length ? `Cosine to the main term's gradient: ${said.join(', ')}` : '';
}

function updated(ratio: number | undefined): string {
  return ratio === undefined || Number.isNaN(ratio) ? '' : `Δ ${formatValue(ratio)} · `;
}

function described(table: GradientTable, step: number, row: number) {
  const shares = sharesAt(table, step, row);
  return html`<strong><bdi>${table.series.layers[row]}</bdi></strong> · step
    ${formatStep(table.steps[step]!)}
    ${table.terms.map(({ name, isMain, index }, term) => {
      const cosine = cosineAt(table, step, row, index);
      return html`<br />${name}:
        ${formatValue(normAt(table, step, row, index))}${
          shares ? ` (${percent(shares[term]!)})` : ''
        }${isMain || Number.isNaN(cosine) ? '' : `, cosine ${signed(cosine)}`}`;
    })}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function signed(cosine: number): string {
  return `${cosine < 0 ? '−' : '+'}${Math.abs(cosine).toFixed(2)}`;
}
