import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { whyUnsorted } from '../derive/importance';
import { paneOf, panesOf, type Pane, type Slot } from '../derive/panes';
import type { PaneIndex } from '../state/selection';
import { Connected } from './connected';
import './aggregates_view';
import './grid_view';
import { LastShown } from './last_shown';
import { paneStyles } from './pane_styles';
import { common } from './theme';

/** One pane of maps: whose they are and of which step, and the maps or why there are none. */
export class PaneView extends Connected<[Slot | null, boolean, boolean, string | null]> {
  static override properties = { index: {}, atEnd: {} };
  static override styles = [
    common,
    paneStyles,
    css`
      .title {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .title.end {
        justify-content: end;
      }
      .title.active {
        box-shadow: inset 0 2px var(--cursor);
      }
      bdi,
      .warning {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      /* Names give way to what is wrong. */
      bdi {
        flex-shrink: 1000;
      }
      /* Side by side on a phone there is room for the run's name only. */
      @container (width < 480px) {
        bdi ~ fm-aggregates {
          display: none;
        }
      }
      .warning {
        color: var(--bad);
      }
      .elsewhere {
        color: var(--cursor-text);
      }
    `,
  ];
  declare index: PaneIndex;
  /** Whether the title stands at the end of its line. */
  declare atEnd: boolean;
  private readonly shown = new LastShown();

  protected override select(app: AppState): [Slot | null, boolean, boolean, string | null] {
    const { listing, library } = app;
    const selection = app.selection.value;
    if (!listing) return [null, false, false, null];
    const { first, second } = panesOf(listing, selection, library);
    const comparing = second !== null;
    const active =
      comparing && selection.comparison?.kind === 'run' && selection.pane === this.index;
    const unsorted = this.index ? null : whyUnsorted(paneOf(first), app.look.value);
    return [this.index ? second : first, comparing, active, unsorted];
  }

  protected override view(
    slot: Slot | null,
    comparing: boolean,
    active: boolean,
    unsorted: string | null,
  ) {
    const wanted = paneOf(slot);
    const pane = this.shown.of(wanted);
    return html`<section aria-label=${this.index ? 'Compared maps' : 'Maps'}>
      ${wanted ? this.heading(wanted, pane ?? wanted, comparing, active, unsorted) : html`<div></div>`}
      ${pane ? html`<fm-grid .pane=${pane} @scroll=${this.scrolled}></fm-grid>` : message(slot)}
    </section>`;
  }

  /** Scrolls the maps to a place. */
  scrollMaps(left: number, top: number): void {
    this.renderRoot.querySelector('fm-grid')?.scrollTo({ left, top });
  }

  private scrolled(event: Event): void {
    const { scrollLeft: left, scrollTop: top } = event.currentTarget as HTMLElement;
    this.dispatchEvent(new CustomEvent('pane-scroll', { detail: { left, top } }));
  }

  private heading(
    wanted: Pane,
    pane: Pane,
    comparing: boolean,
    active: boolean,
    unsorted: string | null,
  ) {
    const { capture, run } = pane;
    const step = capture ? formatStep(capture.step) : '…';
    return html`<div
      class="title ${active ? 'active' : ''} ${this.atEnd ? 'end' : ''}"
      data-testid="pane-title"
    >
      <strong>step ${step}</strong>
      ${waiting(wanted, pane) ?? elsewhere(pane)}
      ${comparing ? html`<span class="muted">·</span><bdi class="muted" title=${run.name}>${run.name}</bdi>` : nothing}
      ${
        pane.otherProbe
          ? html`<span
              class="warning"
              role="note"
              title="another image than in the other run"
              data-testid="other-probe"
              >another image than in the other run</span
            >`
          : nothing
      }
      ${
        unsorted === null
          ? nothing
          : html`<bdi class="muted" role="note" title=${unsorted} data-testid="unsorted"
              >not by importance: ${unsorted}</bdi
            >`
      }
      <fm-aggregates .pane=${pane}></fm-aggregates>
    </div>`;
  }
}
customElements.define('fm-pane', PaneView);

declare global {
  interface HTMLElementTagNameMap {
    'fm-pane': PaneView;
  }
}

/** Says that a picture is still on its way while that of another step stands. */
function waiting(wanted: Pane, pane: Pane) {
  if (wanted.capture === pane.capture || !wanted.capture) return null;
  return html`<span class="muted">loading step ${formatStep(wanted.capture.step)} …</span>`;
}

/** Says that the nearest capture is not of the step that is asked for. */
function elsewhere({ capture, cursor }: Pane) {
  if (!capture || cursor === null || capture.step === cursor) return nothing;
  return html`<span class="elsewhere" data-testid="nearest"
    >nearest to ${formatStep(cursor)}</span
  >`;
}

function message(slot: Slot | null) {
  if (slot && 'problem' in slot) {
    return html`<p class="message" role="alert" data-testid="pane-problem">${slot.problem}</p>`;
  }
  const picture = slot?.pane.picture;
  if (picture?.status === 'failed') {
    return html`<p class="message" role="alert" data-testid="pane-problem">${picture.message}</p>`;
  }
  return html`<p class="message muted">Loading …</p>`;
}
