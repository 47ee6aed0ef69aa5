import { LitElement, css, html, nothing } from 'lit';
import { ContextConsumer } from '@lit/context';
import { curvesOf } from '../derive/loss_curves';
import type { LossPair } from '../derive/losses';
import { download, fileName } from '../files/download';
import { lossesAsCsv } from '../files/losses';
import { LOSS_AXES, type Look, type LossAxis } from '../state/look';
import { MOST_SMOOTHING } from '../state/url';
import { choice } from './choice';
import { tabContext } from './context';
import { panelStyles } from './panel_styles';
import type { StepPlot } from './step_plot';
import { common } from './theme';

const AXIS_NAMES: Record<LossAxis, string> = {
  step: 'steps',
  relative: 'relative time',
  wall: 'wall time',
};
/** No term's id: those begin with their kind. */
const ALL = '';

/** How the losses are drawn, and of which runs. */
export class LossToolsView extends LitElement {
  static override properties = { pair: {}, pairs: {}, look: {}, zoomed: {}, plot: {} };
  static override styles = [
    common,
    panelStyles,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin-bottom: 8px;
      }
      .row button {
        min-width: 28px;
        padding: 0 8px;
      }
      select {
        max-width: 132px;
      }
      .smoothing {
        flex: 1;
        min-width: 112px;
      }
      input {
        flex: 1;
        width: 48px;
        min-width: 48px;
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ];
  declare pair: LossPair;
  declare pairs: readonly LossPair[];
  declare look: Look;
  declare zoomed: boolean;
  declare plot: () => StepPlot | null;
  private readonly tab = new ContextConsumer(this, { context: tabContext });

  override render() {
    const { lossView, logScale } = this.look;
    const { run } = this.pair.train;
    const overlaid = this.pairs.length > 1 && this.look.lossTerm !== null;
    const stacked = lossView === 'stacked';
    return html`<header>
        <h2>Loss terms <bdi class="of" title=${run}>${overlaid ? 'of all runs' : run}</bdi></h2>
        <button
          aria-pressed=${stacked && !overlaid}
          ?disabled=${overlaid}
          title="Terms on each other, adding up to the total"
          @click=${() => this.show({ lossView: stacked ? 'separate' : 'stacked' })}
        >
          Stacked
        </button>
        <button aria-pressed=${logScale} @click=${() => this.show({ logScale: !logScale })}>
          Log
        </button>
      </header>
      <div class="row">${this.terms()} ${this.axis()}</div>
      <div class="row">${this.smoothing()} ${this.zoom()} ${this.csv()}</div>`;
  }

  private terms() {
    if (this.pairs.length < 2) return nothing;
    const names = new Map(
      this.pairs.flatMap((pair) => curvesOf(pair).map(({ id, label }) => [id, label] as const)),
    );
    const chosen = this.look.lossTerm ?? ALL;
    return choice({
      label: 'Show',
      testId: 'loss-term',
      names: [ALL, ...names.keys()],
      title: (id) => (id === ALL ? 'all terms of one run' : `${names.get(id)} of all runs`),
      chosen: names.has(chosen) ? chosen : ALL,
      choose: (id) => this.show({ lossTerm: id === ALL ? null : id }),
    });
  }

  private axis() {
    return choice({
      label: 'Over',
      testId: 'loss-axis',
      names: LOSS_AXES,
      title: (axis) => AXIS_NAMES[axis],
      chosen: this.look.lossAxis,
      choose: (lossAxis) => this.show({ lossAxis }),
    });
  }

  private smoothing() {
    const { smoothing } = this.look;
    return html`<label class="smoothing"
      >Smoothing
      <input
        type="range"
        min="0"
        max=${MOST_SMOOTHING}
        step="0.01"
        data-testid="smoothing"
        .value=${String(smoothing)}
        aria-valuetext=${smoothing ? smoothing.toFixed(2) : 'none'}
        @input=${(event: Event) =>
          this.show({ smoothing: Number((event.target as HTMLInputElement).value) })}
      />
    </label>`;
  }

  private zoom() {
    const { zoomed, plot } = this;
    return html`<button
        aria-label="Zoom in"
        title="Zoom in; dragging over the plot does too"
        @click=${() => plot()?.zoomIn()}
      >
        +
      </button>
      <button
        aria-label="Zoom out"
        title="Zoom out"
        ?disabled=${!zoomed}
        @click=${() => plot()?.zoomOut()}
      >
        −
      </button>
      <button
        ?disabled=${!zoomed}
        data-testid="zoom-all"
        title="Show all steps"
        @click=${() => plot()?.showAll()}
      >
        All
      </button>`;
  }

  private csv() {
    const save = () =>
      download(
        fileName(`${this.pair.train.run}_losses.csv`),
        new Blob([lossesAsCsv(this.pair)], { type: 'text/csv' }),
      );
    return html`<button
      data-testid="download-losses"
      title="Save all terms as a table"
      @click=${save}
    >
      CSV
    </button>`;
  }

  private show(change: Partial<Look>): void {
    this.tab.value!.actions.show(change);
  }
}
customElements.define('fm-loss-tools', LossToolsView);
