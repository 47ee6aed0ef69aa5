import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
<<<<<<< HEAD
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { download } from '../files/download';
import { isExpected } from '../model/failures';
import { COLORMAPS } from '../render/colormap';
import { SCALINGS, type Look, type Scaling } from '../state/look';
import { VIEWS, type View } from '../state/selection';
=======
import { VIEWS, type Sheet, type View } from '../state/selection';
>>>>>>> main
import { choice } from './choice';
import { Connected } from './connected';
<<<<<<< HEAD
import './legend_view';
import './order_view';
=======
import './live_view';
import './menu_view';
import './probe_menu_view';
import './runs_menu_view';
>>>>>>> main
import { common } from './theme';
import { toolbarStyles } from './toolbar_styles';
import { VIEW_TABS } from './view_tabs';

<<<<<<< HEAD
const VIEW_NAMES: Record<View, string> = { maps: 'Maps', network: 'Network', health: 'Health' };
const SCALING_NAMES: Record<Scaling, string> = {
  channel: 'each channel',
  layer: 'whole layer',
  steps: 'fixed over steps',
};
/** Colours, scaling and order of the channel grid, and what can be taken away of it. */
export class ToolbarView extends Connected<[View, Look, Pane | null]> {
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

  protected override select(app: AppState): [View, Look, Pane | null] {
    const { listing, selection, library, look } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    return [selection.value.view, look.value, paneOf(panes?.first ?? null)];
  }

  protected override view(view: View, look: Look, pane: Pane | null) {
    const maps = view === 'maps';
    return html`
      <div class="row">
        ${this.views(view)} ${maps ? html`<fm-compare></fm-compare>` : nothing} ${this.files(pane)}
        ${maps ? html`<fm-legend></fm-legend>` : nothing}
      </div>
      ${maps ? html`<div class="row">${this.looks(look)}</div>` : nothing}
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

  private looks(look: Look) {
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
      <label title="Channels that are zero for this probe now"
        ><input
          type="checkbox"
          .checked=${look.hideInactive}
          @change=${(event: Event) =>
            actions.show({ hideInactive: (event.target as HTMLInputElement).checked })}
        />Hide inactive</label
      >
    `;
=======
/** The one row above all: what is shown, how, and what can be taken away of it. */
export class ToolbarView extends Connected<[View, Sheet | null]> {
  static override styles = [common, toolbarStyles];

  protected override select(app: AppState): [View, Sheet | null] {
    const { view, sheet } = app.selection.value;
    return [view, sheet];
  }

  protected override view(view: View, sheet: Sheet | null) {
    const { looks, files } = VIEW_TABS[view];
    return html`<div class="row">
      ${this.sheetButton('layers', 'Layers', '☰', sheet)}
      <fm-runs-menu></fm-runs-menu>
      ${this.tabs(view)}
      <fm-probe-menu></fm-probe-menu>
      <span class="space"></span>
      ${looks ? menu('appearance', 'Appearance', '◐', looks) : nothing}
      ${files ? menu('export', 'Export', '⤓', files) : nothing}
      <fm-live></fm-live>
      ${this.sheetButton('side', 'Losses and channel', '▤', sheet)}
    </div>`;
  }

  private tabs(view: View) {
    const { actions } = this;
    return html`<span class="tabs" role="group" aria-label="View">
        ${VIEWS.map(
          (one) =>
            html`<button
              data-testid="view-${one}"
              aria-pressed=${one === view}
              title=${VIEW_TABS[one].tip}
              @click=${() => actions.setView(one)}
            >
              ${VIEW_TABS[one].label}
            </button>`,
        )}
      </span>
      <span class="select">
        ${choice({
          label: 'View',
          testId: 'view-select',
          names: VIEWS,
          title: (one) => VIEW_TABS[one].label,
          chosen: view,
          choose: (one) => actions.setView(one),
        })}
      </span>`;
>>>>>>> main
  }

  private sheetButton(sheet: Sheet, label: string, sign: string, open: Sheet | null) {
    return html`<button
      class="sheet"
      data-testid="sheet-${sheet}"
      aria-label=${label}
      title=${label}
      aria-pressed=${open === sheet}
      @click=${() => this.actions.toggleSheet(sheet)}
    >
      ${sign}
    </button>`;
  }
}
customElements.define('fm-toolbar', ToolbarView);
<<<<<<< HEAD
=======

function menu(name: string, label: string, sign: string, content: unknown) {
  return html`<fm-menu .name=${name} .label=${label} .tip=${label}
    ><span slot="button"
      ><span class="sign" aria-hidden="true">${sign}</span><span class="word">${label}</span></span
    >${content}</fm-menu
  >`;
}
>>>>>>> main
