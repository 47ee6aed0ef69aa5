import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { paneOf, panesOf, type Panes } from '../derive/panes';
import { placeOf } from '../derive/place';
import { sideBySide } from '../files/canvases';
import { download } from '../files/download';
import { paneFileName } from '../files/names';
import type { Run } from '../model/run';
import type { View } from '../state/selection';
import { Connected } from './connected';
import './title_view';
import { common } from './theme';
import { VIEW_TABS } from './view_tabs';

/** The middle: the view that is chosen, or why there is nothing to show in it. */
export class MainView extends Connected<[Run | null, Panes | null, View]> {
  static override styles = [
    common,
    css`
      :host {
        min-width: 0;
        min-height: 0;
        display: grid;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      }
      .nothing {
        grid-row: 1 / -1;
        align-self: center;
        justify-self: center;
        color: var(--muted);
        padding: 32px;
        text-align: center;
        max-width: 40em;
        overflow-wrap: anywhere;
      }
    `,
  ];
  private readonly saved = () => void this.save();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('save-picture', this.saved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('save-picture', this.saved);
  }

  protected override select(app: AppState): [Run | null, Panes | null, View] {
    const { listing, selection, library } = app;
    if (!listing) return [null, null, selection.value.view];
    const { run } = placeOf(listing, selection.value.run, selection.value.layer);
    return [run, panesOf(listing, selection.value, library), selection.value.view];
  }

  protected override view(run: Run | null, panes: Panes | null, view: View) {
    const first = panes?.first ?? null;
    if (first && 'problem' in first) {
      return html`<div class="nothing" role="alert" data-testid="missing">
        <p>${first.problem}</p>
        <p>Choose among the runs and layers what there is.</p>
      </div>`;
    }
    if (!first && !(view === 'gradients' && run?.hasGradients)) return this.withoutMaps(run);
    if (!first)
      return html`<div></div>
        ${VIEW_TABS[view].content}`;
    return html`<fm-title></fm-title>${VIEW_TABS[view].content}`;
  }

  private withoutMaps(run: Run | null) {
    if (!run) return nothing;
    const others = [
      run.hasLosses ? 'loss terms' : [],
      run.heads.length ? 'predictions' : [],
      run.hasGradients ? 'gradients' : [],
    ].flat();
    const isReport = this.app.source.made !== null;
    const where = isReport ? 'In this report the run has' : 'This run has';
    const has = others.length ? `${where} ${KINDS.format(others)} but` : where;
    return html`<div class="nothing" data-testid="no-maps">
      ${has} no feature maps.
      ${isReport ? nothing : html`Add the callback <code>FeatureMaps</code>, or choose another run.`}
      ${
        run.hasGradients
          ? html`<p>
              <button @click=${() => this.actions.setView('gradients')}>Show its gradients</button>
            </p>`
          : nothing
      }
    </div>`;
  }

  /** Saves what is seen: the panes side by side, or the health picture. */
  private async save(): Promise<void> {
    const panes = this.renderRoot.querySelector('fm-panes')?.shadowRoot;
    const views = panes
      ? [...panes.querySelectorAll('fm-pane, fm-difference')]
      : [...this.renderRoot.querySelectorAll('fm-network, fm-health, fm-gradients')];
    const canvases = views.flatMap((view) => {
      const root = view.shadowRoot?.querySelector('fm-grid')?.shadowRoot ?? view.shadowRoot;
      return root?.querySelector('canvas') ?? [];
    });
    const [run, slots, view] = this.selected;
    const pane = paneOf(slots?.first ?? null);
    if (!canvases.length || !run) return;
    const name = pane?.capture ? paneFileName(pane, view, 'png') : `${run.name}_${view}.png`;
    download(name, await sideBySide(canvases).convertToBlob());
  }
}
customElements.define('fm-main', MainView);

const KINDS = new Intl.ListFormat('en-GB', { type: 'conjunction' });
