import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import type { PaneIndex } from '../state/selection';
import { Connected } from './connected';
import { sideRuns } from '../derive/side';
import { common } from './theme';

/** While two runs are compared: which of them the panels beside the maps are of. */
export class SideView extends Connected<[string | null, string | null, PaneIndex]> {
  static override styles = [
    common,
    css`
      div {
        display: grid;
        gap: 4px;
        padding: 12px 16px 0;
      }
      button {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        text-align: left;
      }
    `,
  ];

  protected override select(app: AppState): [string | null, string | null, PaneIndex] {
    const { listing, selection } = app;
    const [first, second] = listing ? sideRuns(listing, selection.value) : [null, null];
    return [first?.name ?? null, second?.name ?? null, app.selection.value.pane];
  }

  protected override view(first: string | null, second: string | null, chosen: PaneIndex) {
    if (first === null || second === null) return nothing;
    return html`<div role="group" aria-label="Run of the panels below" data-testid="side-runs">
      ${[first, second].map((name, index) => {
        const pane = index ? 1 : 0;
        return html`<button
          aria-pressed=${pane === chosen}
          title=${name}
          @click=${() => this.actions.choosePane(pane)}
        >
          <bdi>${name}</bdi>
        </button>`;
      })}
    </div>`;
  }
}
customElements.define('fm-side', SideView);
