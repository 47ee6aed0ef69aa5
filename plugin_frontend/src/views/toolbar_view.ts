import { LitElement, css, html, nothing } from 'lit';
import { COLORMAPS, gradient, type ColormapName } from '../render/colormap';
import { layerRange, rangeOf, type Scaling } from '../render/normalise';
import type { Controller } from '../store/controller';
import type { SortOrder, State } from '../store/state';
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
      .legend {
        margin-left: auto;
        display: flex;
        align-items: center;
        gap: 8px;
        color: var(--muted);
        font-size: 12px;
      }
      .bar {
        width: 112px;
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
        Object.keys(SCALING_NAMES) as Scaling[],
        (name) => SCALING_NAMES[name],
        state.scaling,
        (value) => controller.show({ scaling: value as Scaling }),
      )}
      ${this.choice(
        'Sort',
        'sort-select',
        Object.keys(SORT_NAMES) as SortOrder[],
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
      ${this.legend()}
    `;
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
    const { shown, scaling, colormap } = this.state;
    if (!shown) return nothing;
    const signed = colormap === 'diverging';
    const shared =
      scaling === 'layer' ? rangeOf(shown.picture.scale, 0, 'layer', null, signed) : null;
    const whole = layerRange(shown.picture.scale);
    const low = shared ? formatValue(shared.low) : signed ? '−max' : 'min';
    const high = shared ? formatValue(shared.high) : 'max';
    return html`<div
      class="legend"
      data-testid="legend"
      title="Values of this picture lie within ${formatValue(whole.low)} … ${formatValue(whole.high)}"
    >
      <span>${low}</span>
      <div class="bar" style="background:${gradient(colormap)}"></div>
      <span>${high}</span>
    </div>`;
  }
}
customElements.define('fm-toolbar', ToolbarView);
