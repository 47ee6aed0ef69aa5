import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AppState } from '../app_state';
import { leftToRight, panesOf } from '../derive/panes';
import type { Comparing } from '../state/look';
import { Connected } from './connected';
import './difference_view';
import './pane_view';
import { common } from './theme';

/** The maps at the cursor, and how they are compared with others: the older ones are left. */
export class PanesView extends Connected<[boolean, boolean, Comparing, number]> {
  static override styles = [
    common,
    css`
      :host {
        position: relative;
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(0, 1fr);
        min-height: 0;
      }
      fm-pane + fm-pane {
        border-left: 1px solid var(--line);
      }
      .swiped {
        grid-area: 1 / 1;
        border-left: 0;
      }
      .edge {
        position: absolute;
        top: 0;
        bottom: 0;
        width: 2px;
        margin-left: -1px;
        background: var(--cursor);
        pointer-events: none;
      }
      input {
        position: absolute;
        inset: auto 0 4px;
        width: 100%;
        height: 24px;
        margin: 0;
        accent-color: var(--cursor);
      }
    `,
  ];

  protected override select(app: AppState): [boolean, boolean, Comparing, number] {
    const { listing, library, look } = app;
    const { comparing, swipe } = look.value;
    if (!listing) return [false, false, comparing, swipe];
    const panes = panesOf(listing, app.selection.value, library);
    const isFirstLeft = leftToRight(panes)[0] === panes.first;
    return [panes.second !== null, isFirstLeft, comparing, swipe];
  }

  protected override view(two: boolean, isFirstLeft: boolean, comparing: Comparing, swipe: number) {
    if (!two) return html`<fm-pane .index=${0}></fm-pane>`;
    if (comparing === 'difference') return html`<fm-difference></fm-difference>`;
    const order = isFirstLeft ? ([0, 1] as const) : ([1, 0] as const);
    const swiped = comparing === 'swipe';
    const share = 100 * swipe;
    const clips = [`inset(0 ${100 - share}% 0 0)`, `inset(0 0 0 ${share}%)`];
    return html`${repeat(
      order,
      (index) => index,
      (index, place) =>
        html`<fm-pane
          class=${swiped ? 'swiped' : ''}
          style=${swiped ? `clip-path:${clips[place]}` : ''}
          .index=${index}
          .atEnd=${swiped && place === 1}
          @pane-scroll=${this.scrolled}
        ></fm-pane>`,
    )}${swiped ? this.handle(share) : nothing}`;
  }

  private handle(share: number) {
    return html`<div class="edge" style="left:${share}%"></div>
      <input
        type="range"
        min="0"
        max="1"
        step="0.01"
        data-testid="swipe"
        aria-label="How much of the left maps is seen"
        .value=${String(share / 100)}
        @input=${(event: Event) =>
          this.actions.show({ swipe: Number((event.target as HTMLInputElement).value) })}
      />`;
  }

  /** Keeps both panes at the same place. */
  private scrolled(event: CustomEvent<{ left: number; top: number }>): void {
    for (const pane of this.renderRoot.querySelectorAll('fm-pane')) {
      if (pane !== event.currentTarget) pane.scrollMaps(event.detail.left, event.detail.top);
    }
  }
}
customElements.define('fm-panes', PanesView);
