import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AppState } from '../app_state';
import { statisticsAsk } from '../data/asks';
import { formatShape } from '../derive/format';
import { healthOf, type Health } from '../derive/health';
import {
  layerTree,
  matchingLayers,
  treeRows,
  type ModuleNode,
  type TreeRow,
} from '../derive/layer_tree';
import { memoisedList } from '../derive/memo';
import { layersInReach } from '../derive/network';
import { paneOf, panesOf } from '../derive/panes';
import { isSpatial, placeOf } from '../derive/place';
import { valueOf } from '../model/loadable';
import type { Layer, Run } from '../model/run';
import { Connected } from './connected';
import { healthBadge } from './health_badge';
import { layerStyles } from './layer_styles';
import { listStyles } from './list_styles';
import { common } from './theme';

/** With more layers than this, modules are closed until they are opened or hold the chosen layer. */
const MOST_OPEN = 60;

/** The layers of the chosen run as a tree of modules, with the health of their channels. */
export class LayersView extends Connected<
  [Run | null, Layer | null, readonly (Health | null)[], number]
> {
  static override properties = { text: { state: true }, turned: { state: true } };
  static override styles = [common, listStyles, layerStyles];
  /** What is looked for. */
  declare text: string;
  /** Paths of the modules that were opened or closed by hand. */
  declare turned: ReadonlySet<string>;
  private readonly sameHealth = memoisedList<Health | null>();
  private scrolledTo: Layer | null = null;
  private readonly asked = () => this.find();

  constructor() {
    super();
    this.text = '';
    this.turned = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('find-layer', this.asked);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('find-layer', this.asked);
  }

  protected override select(
    app: AppState,
  ): [Run | null, Layer | null, readonly (Health | null)[], number] {
    const { listing } = app;
    if (!listing) return [null, null, this.sameHealth([]), 0];
    const { run, layer } = placeOf(listing, app.selection.value.run, app.selection.value.layer);
    const pane = paneOf(panesOf(listing, app.selection.value, app.library).first);
    const health = run?.layers.map((own) =>
      healthAt(app, run, own, pane?.capture?.step, pane?.probe),
    );
    const unknown = run && pane ? run.layers.length - layersInReach(pane).length : 0;
    return [run, layer, this.sameHealth(health ?? []), unknown];
  }

  protected override view(
    run: Run | null,
    chosen: Layer | null,
    health: readonly (Health | null)[],
    unknown: number,
  ) {
    const layers = run?.layers ?? [];
    const rows = this.rows(layers, chosen);
    return html`<section>
      <header>
        <h2>Layers <span>${layers.length}</span></h2>
        <input
          type="search"
          placeholder="Find a layer ( / )"
          aria-label="Find a layer"
          data-testid="layer-filter"
          .value=${this.text}
          @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => this.typed(event, rows)}
        />
      </header>
      <ul>
        ${repeat(
          rows,
          ({ node }) =>
            node.kind === 'layer' ? node.layer.tag : `${node.path}/${node.layers[0]!.tag}`,
          (row) =>
            this.row(
              row,
              chosen,
              row.node.kind === 'layer' ? (health[layers.indexOf(row.node.layer)] ?? null) : null,
            ),
        )}
      </ul>
      ${rows.length || !layers.length ? nothing : html`<p class="muted">No layer matches.</p>`}
      ${unknown ? unknownNote(unknown) : nothing}
    </section>`;
  }

  protected override updated(): void {
    const [, chosen] = this.selected;
    if (chosen === this.scrolledTo) return;
    this.scrolledTo = chosen;
    this.renderRoot.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  private rows(layers: readonly Layer[], chosen: Layer | null): readonly TreeRow[] {
    const text = this.text.trim();
    if (text) {
      return matchingLayers(layers, text).map((layer) => ({
        node: { kind: 'layer', layer, label: layer.name },
        depth: 0,
        open: false,
      }));
    }
    const isOpen = (module: ModuleNode) => {
      const open =
        layers.length <= MOST_OPEN || (chosen !== null && module.layers.includes(chosen));
      return this.turned.has(module.path) ? !open : open;
    };
    return treeRows(layerTree(layers), isOpen);
  }

  private row({ node, depth, open }: TreeRow, chosen: Layer | null, health: Health | null) {
    const indent = `--depth: ${depth}`;
    if (node.kind === 'module') {
      return html`<li>
        <button
          class="item module"
          style=${indent}
          title="${node.path} · ${node.layers.length} layers"
          aria-expanded=${open}
          @click=${() => this.turn(node.path)}
        >
          <bdi class="name">${node.label}</bdi>
          <span class="details">${node.layers.length}</span>
        </button>
      </li>`;
    }
    const { layer, label } = node;
    const shape = formatShape(layer.shape);
    return html`<li>
      <button
        class="item"
        style=${indent}
        data-testid="layer-item"
        data-layer=${layer.name}
        title="${layer.name} · ${layer.className} ${shape}"
        aria-current=${layer === chosen}
        @click=${() => this.actions.chooseLayer(layer.tag)}
      >
        <bdi class="name"
          ><span class="unseen">${layer.name.slice(0, -label.length)}</span>${label}</bdi
        >
        <span class="details">${(health && healthBadge(health)) ?? shape}</span>
      </button>
    </li>`;
  }

  private turn(path: string): void {
    const turned = new Set(this.turned);
    if (!turned.delete(path)) turned.add(path);
    this.turned = turned;
  }

  /** Enter goes to the first that matches; Escape takes the filter away. */
  private typed(event: KeyboardEvent, rows: readonly TreeRow[]): void {
    const [first] = rows;
    if (event.key === 'Enter' && this.text.trim() && first?.node.kind === 'layer') {
      this.actions.chooseLayer(first.node.layer.tag);
      this.text = '';
      (event.target as HTMLElement).blur();
    } else if (event.key === 'Escape') {
      this.text = '';
      (event.target as HTMLElement).blur();
    }
  }

  private find(): void {
    this.actions.openSheet('layers');
    const field = this.renderRoot.querySelector('input');
    // Where the list is a sheet, it has to be there before it can be typed in.
    requestAnimationFrame(() => requestAnimationFrame(() => field?.select()));
  }
}
customElements.define('fm-layers', LayersView);

function healthAt(
  app: AppState,
  run: Run,
  layer: Layer,
  step: number | undefined,
  probe: number | undefined,
): Health | null {
  const ask = statisticsAsk(run, layer);
  const statistics = ask && valueOf(app.library.statistics.peek(ask))?.items;
  if (!statistics || step === undefined || probe === undefined) return null;
  return healthOf(statistics, step, probe, isSpatial(layer));
}

function unknownNote(layers: number) {
  const tip =
    'The statistics of all layers are larger than 96 MiB; those nearest to the chosen layer are fetched';
  return html`<p class="muted note" data-testid="health-unknown" title=${tip}>
    No health of ${layers} ${layers === 1 ? 'layer' : 'layers'} farther off: too much to fetch.
  </p>`;
}
