import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { download } from '../files/download';
import { isExpected } from '../model/failures';
import { COLORMAPS } from '../render/colormap';
import { SCALINGS, SORT_ORDERS, type Look, type Scaling, type SortOrder } from '../state/look';
import { VIEWS, type View } from '../state/selection';
import { choice } from './choice';
import './compare_view';
import { Connected } from './connected';
import './legend_view';
import { common } from './theme';

const VIEW_NAMES: Record<View, string> = {
  maps: 'Maps',
  network: 'Network',
  health: 'Health',
  gradients: 'Gradients',
};
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

/** Colours, scaling and order of the channel grid, and what can be taken away of it. */
export class ToolbarView extends Connected<[View, Look, Pane | null, boolean]> {
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
        min-width: 0;
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
      fm-legend {
        margin-left: auto;
        /* The same for all values, so that it never wraps and moves the maps. */
        flex: 1 1 176px;
        max-width: 240px;
      }
      select {
        max-width: 132px;
      }
      input {
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ];

  protected override select(app: AppState): [View, Look, Pane | null, boolean] {
    const { listing, selection, library, look } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    const comparing = panes?.second != null;
    return [selection.value.view, look.value, paneOf(panes?.first ?? null), comparing];
  }

  protected override view(view: View, look: Look, pane: Pane | null, comparing: boolean) {
    const maps = view === 'maps';
    return html`
      <div class="row">
        ${this.views(view)} ${maps ? html`<fm-compare></fm-compare>` : nothing} ${this.files(pane)}
        ${maps ? html`<fm-legend></fm-legend>` : nothing}
      </div>
      ${maps ? html`<div class="row">${this.looks(look, comparing)}</div>` : nothing}
    `;
  }

  private views(view: View) {
    return html`<span class="pair" role="group" aria-label="View">
      ${VIEWS.map(
        (one) =>
          html`<button
            data-testid="view-${one}"
            aria-pressed=${one === view}
            @click=${() => this.actions.setView(one)}
          >
            ${VIEW_NAMES[one]}
          </button>`,
      )}
    </span>`;
  }

  private files(pane: Pane | null) {
    return html`<span class="pair">
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
        ?disabled=${pane?.picture.status !== 'ready'}
        @click=${() => void this.saveAtlas(pane)}
      >
        Atlas
      </button>
    </span>`;
  }

  private looks(look: Look, comparing: boolean) {
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
      <label title="Channels that are zero for this probe now"
        ><input
          type="checkbox"
          .checked=${look.hideInactive}
          @change=${(event: Event) =>
            actions.show({ hideInactive: (event.target as HTMLInputElement).checked })}
        />Hide inactive</label
      >
    `;
  }

  private save(): void {
    this.dispatchEvent(new CustomEvent('save-picture', { bubbles: true, composed: true }));
  }

  private async saveAtlas(pane: Pane | null): Promise<void> {
    const key = pane?.capture?.pictures[pane.probe];
    if (!pane?.capture || !key) return;
    const name = `${pane.layer.tag}_step${pane.capture.step}_probe${pane.probe}_atlas.png`;
    try {
      download(name, await this.app.source.pictureFile(key, new AbortController().signal));
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.app.live.settled(error);
    }
  }
}
customElements.define('fm-toolbar', ToolbarView);

function sortTitle(name: SortOrder, comparing: boolean): string {
  if (name !== 'change') return SORT_NAMES[name];
  return comparing ? 'change between' : 'change since before';
}
