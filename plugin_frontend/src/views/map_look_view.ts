import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { panesOf } from '../derive/panes';
import { COLORMAPS } from '../render/colormap';
import { SCALINGS, SORT_ORDERS, type Look, type Scaling, type SortOrder } from '../state/look';
import { choice } from './choice';
import { Connected } from './connected';
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

/** Colours, scaling and order of the channel grid. */
export class MapLookView extends Connected<[Look, boolean]> {
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

  protected override select(app: AppState): [Look, boolean] {
    const { listing, selection, library, look } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    return [look.value, panes?.second != null];
  }

  protected override view(look: Look, comparing: boolean) {
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
      ${choice({
        label: 'Sort',
        testId: 'sort-select',
        names: SORT_ORDERS,
        title: (name) => sortTitle(name, comparing),
        chosen: look.sort,
        choose: (sort) => actions.show({ sort }),
      })}
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

function sortTitle(name: SortOrder, comparing: boolean): string {
  if (name !== 'change') return SORT_NAMES[name];
  return comparing ? 'change between' : 'change since before';
}
