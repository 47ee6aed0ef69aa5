import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { differenceNotFinite, type Difference } from '../derive/difference';
import { importanceOf, type Importance } from '../derive/importance';
import { leftOutOf } from '../derive/aggregates';
import type { Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { cellRect, type GridLayout } from '../render/grid';
import { Connected } from './connected';
import { common } from './theme';

/** A smaller cell has no room for a sign; the tip under the pointer has it. */
const SMALLEST = 24;

type Selected = [Importance | null, readonly number[]];

/**
 * Marks channels with values that are not finite, which no colour shows; of the others whether a
 * term of the loss grows or falls with each, where they stand by importance.
 */
export class GridSignsView extends Connected<Selected> {
  static override properties = { pane: {}, difference: {}, layout: {}, order: {} };
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
  /** What the pane is of, if it is one of differences. */
  declare difference: Difference | undefined;
  declare layout: GridLayout;
  declare order: readonly number[];

  protected override select(app: AppState): Selected {
    const { difference } = this;
    if (difference) return [null, differenceNotFinite(difference)];
    const broken = leftOutOf(this.pane);
    const { sort, sortTerm } = app.look.value;
    const byPoint = app.selection.value.point !== null && isSpatial(this.pane.layer);
    if (sort !== 'importance' || byPoint || this.pane.index !== 0) return [null, broken];
    const importance = importanceOf(this.pane, sortTerm);
    return [typeof importance === 'string' ? null : importance, broken];
  }

  protected override view(importance: Importance | null, broken: readonly number[]) {
    const { width, height } = cellRect(this.layout, 0);
    if (Math.min(width, height) < SMALLEST) return nothing;
    const notFinite = new Set(broken);
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
