import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { importanceOf, type Importance } from '../derive/importance';
import type { Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { cellRect, type GridLayout } from '../render/grid';
import { Connected } from './connected';
import { common } from './theme';

/** A smaller cell has no room for a sign; the tip under the pointer has it. */
const SMALLEST = 24;

/** Whether a term of the loss grows or falls with each channel, where they stand by importance. */
export class GridSignsView extends Connected<[Importance | null]> {
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

  protected override select(app: AppState): [Importance | null] {
    const { sort, sortTerm } = app.look.value;
    const byPoint = app.selection.value.point !== null && isSpatial(this.pane.layer);
    if (sort !== 'importance' || byPoint || this.pane.index !== 0) return [null];
    const importance = importanceOf(this.pane, sortTerm);
    return [typeof importance === 'string' ? null : importance];
  }

  protected override view(importance: Importance | null) {
    const { width, height } = cellRect(this.layout, 0);
    if (!importance || Math.min(width, height) < SMALLEST) return nothing;
    return this.order.map((channel, cell) => {
      const value = importance.values[channel] ?? 0;
      if (!value) return nothing;
      const { left, top } = cellRect(this.layout, cell);
      const sign = value > 0 ? '+' : '−';
      return html`<span style="transform:translate(${left}px,${top}px)" aria-hidden="true"
        >${sign}</span
      >`;
    });
  }
}
customElements.define('fm-grid-signs', GridSignsView);
