import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import {
  differenceName,
  differenceOf,
  differencePane,
  type Difference,
} from '../derive/difference';
import { panesOf, paneOf, type Panes } from '../derive/panes';
import { problemOf } from '../model/loadable';
import { Connected } from './connected';
import './grid_view';
import { paneStyles } from './pane_styles';
import { common } from './theme';

/** The right pane's maps less the left one's, in the values' own unit, with zero in the middle. */
export class DifferenceView extends Connected<[Difference | string | null, Panes | null]> {
  static override styles = [
    common,
    paneStyles,
    css`
      .title {
        display: flex;
        gap: 6px;
      }
      strong {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      /* The names of runs give way to it. */
      .warning {
        flex: none;
        color: var(--bad);
      }
    `,
  ];

  protected override select(app: AppState): [Difference | string | null, Panes | null] {
    const { listing, library, look } = app;
    if (!listing) return [null, null];
    const panes = panesOf(listing, app.selection.value, library);
    return [differenceOf(panes, look.value), panes];
  }

  protected override view(difference: Difference | string | null, panes: Panes | null) {
    if (typeof difference === 'string') return this.message(difference);
    if (!difference) return this.message(panes ? whyNone(panes) : null);
    const name = differenceName(difference);
    return html`<section aria-label="Difference of the maps">
      <div class="title" data-testid="difference-title" title=${name}>
        <strong><bdi>${name}</bdi></strong>
        ${
          isOtherProbe(difference)
            ? html`<span class="warning" role="note" data-testid="other-probe"
                >of different images</span
              >`
            : nothing
        }
      </div>
      <fm-grid .difference=${difference} .pane=${differencePane(difference)}></fm-grid>
    </section>`;
  }

  private message(problem: string | null) {
    if (problem === null) return html`<p class="message muted">Loading …</p>`;
    return html`<p class="message" role="alert" data-testid="pane-problem">${problem}</p>`;
  }
}
customElements.define('fm-difference', DifferenceView);

/** Whether it is known that the two were given different images. */
function isOtherProbe({ left, right }: Difference): boolean {
  return left.otherProbe === true || right.otherProbe === true;
}

/** What keeps the difference from being known; null where its pictures are on their way. */
function whyNone({ first, second }: Panes): string | null {
  for (const slot of [first, second]) {
    if (slot && 'problem' in slot) return slot.problem;
    const problem = problemOf(paneOf(slot)?.picture);
    if (problem !== null) return problem;
  }
  return null;
}
