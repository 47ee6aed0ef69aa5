import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { VIEWS, type Sheet, type View } from '../state/selection';
import { choice } from './choice';
import { Connected } from './connected';
import './keys_view';
import './link_view';
import './live_view';
import './menu_view';
import './probe_menu_view';
import './runs_menu_view';
import './theme_switch_view';
import { common } from './theme';
import { toolbarStyles } from './toolbar_styles';
import { VIEW_TABS } from './view_tabs';

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
      <fm-link></fm-link>
      <fm-theme-switch></fm-theme-switch>
      <fm-live></fm-live>
      <fm-keys></fm-keys>
      ${this.sheetButton('side', 'Losses and channel', '▤', sheet)}
    </div>`;
  }

  private tabs(view: View) {
    const { actions } = this;
    return html`<span class="tabs" role="group" aria-label="View">
        ${VIEWS.map(
          (tab) =>
            html`<button
              data-testid="view-${tab}"
              aria-pressed=${tab === view}
              title=${VIEW_TABS[tab].tip}
              @click=${() => actions.setView(tab)}
            >
              ${VIEW_TABS[tab].label}
            </button>`,
        )}
      </span>
      <span class="select">
        ${choice({
          label: 'View',
          testId: 'view-select',
          names: VIEWS,
          title: (tab) => VIEW_TABS[tab].label,
          chosen: view,
          choose: (tab) => actions.setView(tab),
        })}
      </span>`;
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

function menu(name: string, label: string, sign: string, content: unknown) {
  return html`<fm-menu .name=${name} .label=${label} .tip=${label}
    ><span slot="button"
      ><span class="sign" aria-hidden="true">${sign}</span><span class="word">${label}</span></span
    >${content}</fm-menu
  >`;
}
