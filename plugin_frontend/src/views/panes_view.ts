import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { panesOf } from '../derive/panes';
import { Connected } from './connected';
import './pane_view';
import { common } from './theme';

/** The maps at the cursor, and beside them those that they are compared with. */
export class PanesView extends Connected<[boolean]> {
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(0, 1fr);
        min-height: 0;
      }
    `,
  ];

  protected override select({ listing, selection, library }: AppState): [boolean] {
    return [listing ? panesOf(listing, selection.value, library).second !== null : false];
  }

  protected override view(comparing: boolean) {
    return html`<fm-pane .index=${0}></fm-pane>${
        comparing ? html`<fm-pane .index=${1}></fm-pane>` : nothing
      }`;
  }
}
customElements.define('fm-panes', PanesView);
