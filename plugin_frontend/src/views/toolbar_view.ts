import { LitElement, css, html, nothing } from 'lit';
import { COLORMAPS, gradient, type ColormapName } from '../render/colormap';
import { SCALINGS, layerRange, type Scaling } from '../render/normalise';
import type { Controller } from '../store/controller';
import { panesOf, rangeFinder } from '../store/panes';
import {
  SORT_ORDERS,
  VIEWS,
  listedRuns,
  type Comparison,
  type SortOrder,
  type State,
} from '../store/state';
import { download } from './download';
import { formatValue } from './format';
import { common } from './theme';

const SCALING_NAMES: Record<Scaling, string> = {
  channel: 'each channel',
  layer: 'whole layer',
  steps: 'fixed over steps',
};
const SORT_NAMES: Record<SortOrder, string> = {
  index: 'index',
  mean: 'mean',
  std: 'deviation',
  zeros: 'sparsity',
  change: 'change',
};

/** Colours, scaling and order of the channel grid, with the legend of its colours. */
export class ToolbarView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        padding: 0 16px 12px;
        border-bottom: 1px solid var(--line);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        width: 100%;
      }
      .pair {
        display: inline-flex;
      }
      .pair button:first-child {
        border-radius: 6px 0 0 6px;
      }
      .pair button:last-child {
        border-radius: 0 6px 6px 0;
        margin-left: -1px;
      }
      .other {
        max-width: 180px;
      }
      .legend {
        margin-left: auto;
        /* The same for all values, so that it never wraps and moves the maps. */
        width: 240px;
        display: flex;
        align-items: center;
        gap: 6px;
        white-space: nowrap;
        color: var(--muted);
        font-size: 12px;
      }
      .bar {
        flex: 1;
        min-width: 24px;
        height: 10px;
        border-radius: 5px;
        border: 1px solid var(--line);
      }
      input {
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;

  override render() {
    const { state } = this;
    return html`
      <div class="row">
        ${this.views()} ${this.compare()}
        <span class="pair">
          <button
            data-testid="download-grid"
            title="Save the maps as they are seen"
            @click=${this.save}
          >
            PNG
          </button>
          <button
            data-testid="download-atlas"
            title="Save the raw atlas, with its scale inside"
            ?disabled=${!state.shown}
            @click=${() => void this.saveAtlas()}
          >
            Atlas
          </button>
        </span>
        ${state.view === 'maps' ? this.legend() : nothing}
      </div>
      ${state.view === 'maps' ? html`<div class="row">${this.looks()}</div>` : nothing}
    `;
  }

  private views() {
    const { view } = this.state;
    const names = { maps: 'Maps', health: 'Health' } as const;
    return html`<span class="pair" role="group" aria-label="View">
      ${VIEWS.map(
        (one) =>
          html`<button
            data-testid="view-${one}"
            aria-pressed=${one === view}
            @click=${() => this.controller.show({ view: one })}
          >
            ${names[one]}
          </button>`,
      )}
    </span>`;
  }

  private compare() {
    const { comparison, step, run } = this.state;
    if (this.state.view !== 'maps') return nothing;
    const others = listedRuns(this.state).filter((one) => one.layers.length && one.name !== run);
    const chosen = comparison === null ? '' : JSON.stringify(comparison);
    const pinned = comparison?.kind === 'step' ? comparison : { kind: 'step' as const, step };
    const value = (one: object) => JSON.stringify(one);
    return html`<label
      >Compare
      <select
        class="other"
        data-testid="compare-select"
        @change=${(event: Event) => {
          const text = (event.target as HTMLSelectElement).value;
          const comparison = text ? (JSON.parse(text) as Comparison) : null;
          this.controller.show({ comparison });
        }}
      >
        <option value="" ?selected=${chosen === ''}>nothing</option>
        <option value=${value(pinned)} ?selected=${chosen === value(pinned)}>
          ${comparison?.kind === 'step' ? 'step' : 'keep step'} ${pinned.step}
        </option>
        ${others.map((one) => {
          const other = { kind: 'run', run: one.name };
          return html`<option value=${value(other)} ?selected=${chosen === value(other)}>
            ${one.name}
          </option>`;
        })}
      </select></label
    >`;
  }

  private looks() {
    const { state, controller } = this;
    return html`
      ${this.choice(
        'Colours',
        'colormap-select',
        COLORMAPS,
        (name) => name,
        state.colormap,
        (value) => controller.show({ colormap: value as ColormapName }),
      )}
      ${this.choice(
        'Scale',
        'scaling-select',
        SCALINGS,
        (name) => SCALING_NAMES[name],
        state.scaling,
        (value) => controller.show({ scaling: value as Scaling }),
      )}
      ${this.choice(
        'Sort',
        'sort-select',
        SORT_ORDERS,
        (name) => SORT_NAMES[name],
        state.sort,
        (value) => controller.show({ sort: value as SortOrder }),
      )}
      <label
        ><input
          type="checkbox"
          .checked=${state.hideDead}
          @change=${(event: Event) =>
            controller.show({ hideDead: (event.target as HTMLInputElement).checked })}
        />Hide dead</label
      >
    `;
  }

  private save(): void {
    this.dispatchEvent(new CustomEvent('save-picture', { bubbles: true, composed: true }));
  }

  private async saveAtlas(): Promise<void> {
    const { layer, step, probe } = this.state;
    const atlas = await this.controller.atlasFile();
    if (atlas) download(`${layer}_step${step}_probe${probe}_atlas.png`, atlas);
  }

  private choice<Name extends string>(
    label: string,
    testId: string,
    names: readonly Name[],
    title: (name: Name) => string,
    chosen: Name,
    choose: (value: string) => void,
  ) {
    return html`<label
      >${label}
      <select
        data-testid=${testId}
        @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
      >
        ${names.map(
          (name) =>
            html`<option value=${name} ?selected=${name === chosen}>${title(name)}</option>`,
        )}
      </select></label
    >`;
  }

  private legend() {
    const { shown, scaling, colormap, pointed, channel } = this.state;
    if (!shown) return nothing;
    const panes = panesOf(this.state);
    // Where channels have scales of their own, the legend is of the one under the pointer.
    const own = scaling === 'layer' ? 0 : (pointed?.channel ?? channel);
    const known = own !== null && own < shown.picture.scale.channels && panes.length > 0;
    const range = known ? rangeFinder(this.state, panes)(shown.picture, own) : null;
    const whole = layerRange(shown.picture.scale);
    const [low, high] = colormap === 'diverging' ? ['−max', 'max'] : ['min', 'max'];
    const subject = scaling === 'layer' ? 'layer' : known ? `channel ${own}` : 'each channel';
    return html`<div
      class="legend"
      data-testid="legend"
      title="Values of this picture lie within ${formatValue(whole.low)} … ${formatValue(whole.high)}"
    >
      <span>${subject}:</span>
      <span>${range ? formatValue(range.low) : low}</span>
      <div class="bar" style="background:${gradient(colormap)}"></div>
      <span>${range ? formatValue(range.high) : high}</span>
    </div>`;
  }
}
customElements.define('fm-toolbar', ToolbarView);
