import { LitElement, css, html } from 'lit';
import type { Controller } from '../store/controller';
import { panesOf } from '../store/panes';
import { currentRun, type State } from '../store/state';
import { download } from './download';
import './grid_view';
import './health_view';
import './probe_view';
import './toolbar_view';
import { common } from './theme';

const GAP = 16;

/** The middle: the layer's maps, one or two panes of them, or its channels' health. */
export class MainView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    css`
      :host {
        min-width: 0;
        min-height: 0;
        display: grid;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      }
      .panes {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(0, 1fr);
        min-height: 0;
      }
      .pane {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        min-width: 0;
        min-height: 0;
      }
      .pane + .pane {
        border-left: 1px solid var(--line);
      }
      .title {
        padding: 8px 16px 0;
        font-size: 12px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .nothing {
        grid-row: 1 / -1;
        align-self: center;
        justify-self: center;
        color: var(--muted);
        padding: 32px;
        text-align: center;
        max-width: 40em;
      }
      .waiting {
        padding: 16px;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('save-picture', () => void this.save());
  }

  /** Saves what is seen: the panes side by side, or the health picture. */
  private async save(): Promise<void> {
    const views = [...this.renderRoot.querySelectorAll('fm-grid, fm-health')];
    const canvases = views.flatMap((view) => view.shadowRoot?.querySelector('canvas') ?? []);
    if (!canvases.length) return;
    const { layer, step, view } = this.state;
    download(`${layer}_${view}_step${step}.png`, await sideBySide(canvases).convertToBlob());
  }

  override render() {
    const { state, controller } = this;
    if (!currentRun(state)?.layers.length) {
      return html`<div class="nothing">
        This run has loss terms but no feature maps. Add the callback
        <code>FeatureMaps</code>, or choose another run.
      </div>`;
    }
    return html`
      <div>
        <fm-probe .state=${state} .controller=${controller}></fm-probe>
        <fm-toolbar .state=${state} .controller=${controller}></fm-toolbar>
      </div>
      ${
        state.view === 'health'
          ? html`<fm-health .state=${state} .controller=${controller}></fm-health>`
          : this.panes()
      }
    `;
  }

  private panes() {
    const { state, controller } = this;
    const panes = panesOf(state);
    const comparing = state.comparison !== null;
    return html`<div class="panes">
      ${[0, ...(comparing ? [1] : [])].map((index) => {
        const pane = panes[index];
        return html`<section class="pane" aria-label=${index ? 'Compared maps' : 'Maps'}>
          ${
            comparing && pane
              ? html`<div class="title" data-testid="pane-title">
                  <strong>step ${pane.shown.step.toLocaleString('en')}</strong>
                  <span class="muted">· ${pane.run}</span>
                </div>`
              : html`<div></div>`
          }
          ${
            pane
              ? html`<fm-grid
                  .state=${state}
                  .controller=${controller}
                  .panes=${panes}
                  .pane=${pane}
                ></fm-grid>`
              : html`<p class="muted waiting">
                  ${(index ? state.comparisonProblem : null) ?? 'Loading …'}
                </p>`
          }
        </section>`;
      })}
    </div>`;
  }
}
customElements.define('fm-main', MainView);

function sideBySide(canvases: HTMLCanvasElement[]): OffscreenCanvas {
  const width = canvases.reduce((sum, one) => sum + one.width, GAP * (canvases.length - 1));
  const picture = new OffscreenCanvas(width, Math.max(...canvases.map((one) => one.height)));
  let left = 0;
  for (const canvas of canvases) {
    picture.getContext('2d')!.drawImage(canvas, left, 0);
    left += canvas.width + GAP;
  }
  return picture;
}
