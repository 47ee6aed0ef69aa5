import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { notFiniteChannels } from '../derive/aggregates';
import { importanceOf, type Importance } from '../derive/importance';
import { statisticsOfPane } from '../derive/order';
import type { Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import type { StatisticsAt } from '../model/statistics';
import { cellRect, type GridLayout } from '../render/grid';
import { Connected } from './connected';
import { common } from './theme';

/** A smaller cell has no room for a sign; the tip under the pointer has it. */
const SMALLEST = 24;

type Selected = [Importance | null, StatisticsAt | undefined];

/**
 * Marks channels with values that are not finite, which no colour shows; of the others whether a
 * term of the loss grows or falls with each, where they stand by importance.
 */
export class GridSignsView extends Connected<Selected> {
  static override properties = { pane: {}, layout: {}, order: {} };
  static override styles = [
    common,
    css`
      :host {
        position: absolute;
        inset: 0;
        overflow: hidden;
        pointer-events: none;
      }
      span {
        position: absolute;
        width: 14px;
        font-size: 12px;
        line-height: 14px;
        font-weight: 500;
        text-align: center;
        border-radius: 0 0 4px 0;
        background: var(--raised);
        color: var(--text);
      }
    `,
  ];
  declare pane: Pane;
  declare layout: GridLayout;
  declare order: readonly number[];

  protected override select(app: AppState): Selected {
    const at = statisticsOfPane(this.pane);
    const { sort, sortTerm } = app.look.value;
    const byPoint = app.selection.value.point !== null && isSpatial(this.pane.layer);
    if (sort !== 'importance' || byPoint || this.pane.index !== 0) return [null, at];
    const importance = importanceOf(this.pane, sortTerm);
    return [typeof importance === 'string' ? null : importance, at];
  }

  protected override view(importance: Importance | null, at: StatisticsAt | undefined) {
    const { width, height } = cellRect(this.layout, 0);
    if (Math.min(width, height) < SMALLEST) return nothing;
    const notFinite = new Set(at ? notFiniteChannels(at, this.pane.probe) : []);
    if (!importance && !notFinite.size) return nothing;
    return this.order.map((channel, cell) => {
      const value = importance?.values[channel] ?? 0;
      const sign = notFinite.has(channel) ? '⚠' : value > 0 ? '+' : value < 0 ? '−' : null;
      if (sign === null) return nothing;
      const { left, top } = cellRect(this.layout, cell);
      return html`<span style="transform:translate(${left}px,${top}px)" aria-hidden="true"
        >${sign}</span
      >`;
    });
  }
}
customElements.define('fm-grid-signs', GridSignsView);
