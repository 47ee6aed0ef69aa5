import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { aggregatePane, rangesOfMap } from '../derive/aggregates';
import { sameAll } from '../derive/memo';
import { panesOf, type Pane, type Panes } from '../derive/panes';
import { isSpatial } from '../derive/place';
import {
  DEFAULT_TOP,
  aggregateLabel,
  isAggregate,
  topAggregate,
  topCount,
  type Aggregate,
  type MapId,
} from '../model/aggregate';
import { valueOf } from '../model/loadable';
import { colormap } from '../render/colormap';
import { paintFrame } from '../render/frame';
import { frameOf } from '../render/tiles';
import type { Look } from '../state/look';
import { Connected } from './connected';
import { common } from './theme';

/** The maps made of all channels of a pane, small; a click opens one. */
export class AggregatesView extends Connected<[Panes | null, Look, MapId | null]> {
  static override properties = { pane: {} };
  static override styles = [
    common,
    css`
      :host {
        min-width: 0;
        container-type: inline-size;
        flex: 1;
      }
      div {
        display: flex;
        gap: 4px;
        justify-content: end;
      }
      button {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 0 6px 0 1px;
        white-space: nowrap;
        font-size: 12px;
      }
      button[aria-pressed='true'] {
        background: var(--cursor-soft);
        border-color: var(--cursor);
        color: var(--cursor-text);
      }
      canvas {
        width: 24px;
        height: 24px;
        border-radius: 4px;
        image-rendering: pixelated;
      }
      @container (width < 270px) {
        button {
          padding: 0 1px;
        }
        .name {
          display: none;
        }
      }
    `,
  ];
  declare pane: Pane;
  private painted: readonly unknown[] = [];

  protected override select(app: AppState): [Panes | null, Look, MapId | null] {
    const { listing, selection, library, look } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    return [panes, look.value, selection.value.channel];
  }

  protected override view(_panes: Panes | null, _look: Look, open: MapId | null) {
    const { pane } = this;
    if (!isSpatial(pane.layer) || !valueOf(pane.picture)) return nothing;
    return html`<div role="group" aria-label="Over all channels">
      ${this.kinds(open).map((kind) => this.button(kind, kind === open))}
    </div>`;
  }

  protected override updated(): void {
    const [panes, look, open] = this.selected;
    const kinds = this.kinds(open);
    const key = [this.pane, panes, look, ...kinds];
    const canvases = this.renderRoot.querySelectorAll('canvas');
    if (!panes || !canvases.length || sameAll(key, this.painted)) return;
    this.painted = key;
    kinds.forEach((kind, index) => {
      const picture = valueOf(aggregatePane(this.pane, kind).picture);
      const canvas = canvases[index];
      if (!picture || !canvas) return;
      const range = rangesOfMap(panes, look, kind)(0);
      const pixels = paintFrame(frameOf(picture, 0, 0), colormap(look.colormap), range);
      [canvas.width, canvas.height] = [pixels.width, pixels.height];
      canvas.getContext('2d')!.putImageData(pixels, 0, 0);
    });
  }

  /** The strongest channels are as many as are open; no more than there are else. */
  private kinds(open: MapId | null): readonly Aggregate[] {
    const usual = topAggregate(Math.min(DEFAULT_TOP, this.pane.layer.channels));
    const top = isAggregate(open) && topCount(open) !== null ? open : usual;
    return ['mean', 'maximum', top];
  }

  private button(kind: Aggregate, chosen: boolean) {
    const name = aggregateLabel(kind);
    return html`<button
      data-testid="aggregate-${kind}"
      aria-pressed=${chosen}
      aria-label="${name} over channels"
      title=${titleOf(kind)}
      @click=${() => this.actions.chooseChannel(kind, this.pane.index)}
    >
      <canvas width="1" height="1"></canvas><span class="name">${name}</span>
    </button>`;
  }
}
customElements.define('fm-aggregates', AggregatesView);

function titleOf(kind: Aggregate): string {
  const count = topCount(kind);
  if (count === null) return `The ${kind} over all channels, place by place`;
  return `The mean of the ${count} channels whose maps have the largest mean for this probe`;
}
