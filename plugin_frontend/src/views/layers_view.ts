import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AppState } from '../app_state';
import { statisticsAsk } from '../data/asks';
import { formatShape } from '../derive/format';
import { healthOf, type Health } from '../derive/health';
import { memoisedBy, memoisedList } from '../derive/memo';
import { paneOf, panesOf } from '../derive/panes';
import { isSpatial, placeOf } from '../derive/place';
import { valueOf } from '../model/loadable';
import type { Layer, Run } from '../model/run';
import { Connected } from './connected';
import { listStyles } from './list_styles';
import { common } from './theme';

interface Row {
  readonly layer: Layer;
  readonly chosen: boolean;
  readonly health: Health | null;
}

/** The layers of the chosen run with their shapes and the health of their channels. */
export class LayersView extends Connected<[readonly Row[]]> {
  static override styles = [common, listStyles];
  private readonly sameRows = memoisedList<Row>();
  private readonly makeRow = memoisedBy(
    (layer: Layer, chosen: boolean, health: Health | null): Row => ({ layer, chosen, health }),
  );

  protected override select(app: AppState): [readonly Row[]] {
    const { listing } = app;
    if (!listing) return [[]];
    const { run, layer } = placeOf(listing, app.selection.value.run, app.selection.value.layer);
    const rows = run?.layers.map((one) =>
      this.makeRow(one, one === layer, this.health(app, run, one)),
    );
    return [this.sameRows(rows ?? [])];
  }

  protected override view(rows: readonly Row[]) {
    return html`<section>
      <h2>Layers</h2>
      <ul>
        ${repeat(
          rows,
          ({ layer }) => layer.tag,
          (row) => this.item(row),
        )}
      </ul>
    </section>`;
  }

  private health(app: AppState, run: Run, layer: Layer): Health | null {
    const panes = app.listing && panesOf(app.listing, app.selection.value, app.library);
    const pane = paneOf(panes?.first ?? null);
    const ask = statisticsAsk(run, layer);
    const statistics = ask && valueOf(app.library.statistics.peek(ask))?.items;
    if (!pane?.capture || !statistics) return null;
    return healthOf(statistics, pane.capture.step, pane.probe, isSpatial(layer));
  }

  private item({ layer, chosen, health }: Row) {
    const shape = `${layer.className} ${formatShape(layer.shape)}`;
    return html`<li>
      <button
        class="item"
        data-testid="layer-item"
        data-layer=${layer.name}
        title="${layer.name} · ${shape}"
        aria-current=${chosen}
        @click=${() => this.actions.chooseLayer(layer.tag)}
      >
        <bdi class="name">${layer.name}</bdi>
        <span class="details"><span>${shape}</span>${health ? verdict(health) : nothing}</span>
      </button>
    </li>`;
  }
}
customElements.define('fm-layers', LayersView);

function verdict({ notFinite, dead, inactive, constant }: Health) {
  if (notFinite) {
    return html`<span class="bad" title="Channels with NaN or Inf for this probe"
      >⚠ ${notFinite} not finite</span
    >`;
  }
  if (dead) {
    return html`<span title="Channels that are zero for every probe and step since"
      >${dead} dead</span
    >`;
  }
  if (inactive) {
    return html`<span title="Channels that are zero for this probe now"
      >${inactive} inactive</span
    >`;
  }
  if (!constant) return nothing;
  return html`<span title="Channels that have one value all over for this probe"
    >${constant} constant</span
  >`;
}
