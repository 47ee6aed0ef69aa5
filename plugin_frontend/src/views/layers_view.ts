import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import type { Layer } from '../api/types';
import { healthOf, isSpatial } from '../store/channels';
import type { Controller } from '../store/controller';
import { currentRun, listedRuns, type State } from '../store/state';
import { formatShape } from './format';
import { common } from './theme';

/** Runs, and the layers of the chosen run with their shapes and channel health. */
export class LayersView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    css`
      section {
        padding: 16px 12px 4px;
      }
      h2 {
        padding: 0 8px 6px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      .runs {
        max-height: 40vh; /* many runs leave room for the layers */
        overflow-y: auto;
      }
      .item {
        display: grid;
        width: 100%;
        height: auto;
        padding: 6px 8px;
        border: 1px solid transparent;
        background: none;
        text-align: left;
        border-radius: 6px;
      }
      .item:hover {
        background: var(--hover);
      }
      .item[aria-current='true'] {
        background: var(--accent-soft);
        border-color: var(--accent);
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 500;
      }
      .details {
        display: flex;
        gap: 8px;
        font-size: 12px;
        line-height: 16px;
        color: var(--muted);
      }
      .details span:first-child {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .bad {
        color: var(--bad);
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;

  override render() {
    const run = currentRun(this.state);
    return html`
      <section>
        <h2>Runs</h2>
        <ul class="runs" data-testid="runs">
          ${listedRuns(this.state).map((one) => this.runItem(one.name, one.layers.length))}
        </ul>
      </section>
      <section>
        <h2>Layers</h2>
        <ul>
          ${run?.layers.map((layer) => this.layerItem(layer))}
        </ul>
      </section>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get('state')?.run === this.state.run) return;
    this.renderRoot.querySelector('.runs [aria-current="true"]')?.scrollIntoView({
      block: 'nearest',
    });
  }

  private runItem(name: string, layers: number) {
    return html`<li>
      <button
        class="item"
        data-testid="run-item"
        data-run=${name}
        title=${name}
        aria-current=${name === this.state.run}
        @click=${() => void this.controller.chooseRun(name)}
      >
        <span class="name">${name}</span>
        <span class="details"><span>${layers ? `${layers} layers` : 'losses only'}</span></span>
      </button>
    </li>`;
  }

  private layerItem(layer: Layer) {
    return html`<li>
      <button
        class="item"
        data-testid="layer-item"
        data-layer=${layer.name}
        title=${layer.name}
        aria-current=${layer.tag === this.state.layer}
        @click=${() => void this.controller.chooseLayer(layer.tag)}
      >
        <span class="name">${layer.name}</span>
        <span class="details">
          <span>${layer.class_name} ${formatShape(layer.shape)}</span>${this.health(layer)}
        </span>
      </button>
    </li>`;
  }

  private health(layer: Layer) {
    const { stats, step, probe } = this.state;
    const health = step === null ? null : healthOf(stats[layer.tag], step, probe, isSpatial(layer));
    if (!health) return nothing;
    if (health.notFinite) {
      return html`<span class="bad" title="Channels with NaN or Inf for this probe"
        >⚠ ${health.notFinite} not finite</span
      >`;
    }
    if (health.dead) {
      return html`<span title="Channels that are zero all over for this probe"
        >${health.dead} dead</span
      >`;
    }
    if (!health.saturated) return nothing;
    return html`<span title="Channels that have one value all over for this probe"
      >${health.saturated} saturated</span
    >`;
  }
}
customElements.define('fm-layers', LayersView);
