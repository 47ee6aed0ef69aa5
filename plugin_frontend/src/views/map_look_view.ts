import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { COLORMAPS } from '../render/colormap';
import { SCALINGS, type Look, type Scaling } from '../state/look';
import { choice } from './choice';
import { Connected } from './connected';
import './order_view';
import { common } from './theme';

const SCALING_NAMES: Record<Scaling, string> = {
  channel: 'each channel',
  layer: 'whole layer',
  steps: 'fixed over steps',
};

/** Colours, scaling and order of the channel grid. */
export class MapLookView extends Connected<[Look]> {
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
        min-width: 240px;
      }
      label {
        justify-content: space-between;
      }
      .switch {
        justify-content: start;
      }
      select {
        width: 148px;
      }
      input {
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ];

  protected override select(app: AppState): [Look] {
    return [app.look.value];
  }

  protected override view(look: Look) {
    const { actions } = this;
    return html`
      ${choice({
        label: 'Colours',
        testId: 'colormap-select',
        names: COLORMAPS,
        title: (name) => name,
        chosen: look.colormap,
        choose: (colormap) => actions.show({ colormap }),
      })}
      ${choice({
        label: 'Scale',
        testId: 'scaling-select',
        names: SCALINGS,
        title: (name) => SCALING_NAMES[name],
        chosen: look.scaling,
        choose: (scaling) => actions.show({ scaling }),
      })}
      <fm-order></fm-order>
      <label class="switch" title="Channels that are zero for this probe now"
        ><input
          type="checkbox"
          .checked=${look.hideInactive}
          @change=${(event: Event) =>
            actions.show({ hideInactive: (event.target as HTMLInputElement).checked })}
        />Hide inactive</label
      >
    `;
  }
}
customElements.define('fm-map-look', MapLookView);
