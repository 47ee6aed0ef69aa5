import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { placeOf } from '../derive/place';
import { Connected } from './connected';
import './menu_view';
import type { MenuView } from './menu_view';
import type { RunsView } from './runs_view';
import './runs_view';
import { common } from './theme';

/** The chosen run, and the list to choose another from. */
export class RunsMenuView extends Connected<[string | null]> {
  static override styles = [
    common,
    css`
      .name {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  protected override select({ listing, selection }: AppState): [string | null] {
    const { run, layer } = selection.value;
    return [listing ? (placeOf(listing, run, layer).run?.name ?? run) : null];
  }

  protected override view(run: string | null) {
    return html`<fm-menu
      .name=${'runs'}
      .label=${`Runs: ${run ?? ''}`}
      .tip=${run ?? undefined}
      @menu-open=${this.opened}
      ><bdi slot="button" class="name">${run ?? 'Runs'}</bdi
      ><fm-runs @run-chosen=${this.chosen}></fm-runs
    ></fm-menu>`;
  }

  private chosen(): void {
    this.renderRoot.querySelector<MenuView>('fm-menu')?.close();
  }

  private opened(): void {
    this.renderRoot.querySelector<RunsView>('fm-runs')?.reveal();
  }
}
customElements.define('fm-runs-menu', RunsMenuView);
