import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import type { Timeline } from '../derive/timeline';
import { Connected } from './connected';
import './loss_trace_view';
import './preview_view';
import { common } from './theme';

/** The width of a slider's thumb in Chromium and Firefox. */
const THUMB = 16;

/** The step cursor as a slider over the captures, along the loss. */
export class TimelineView extends Connected<[Timeline | null, boolean]> {
  static override styles = [
    common,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 4px 16px;
      }
      button {
        min-width: 32px;
        padding: 0 8px;
      }
      .rail {
        flex: 1;
        min-width: 40px;
        position: relative;
        display: grid;
      }
      input {
        width: 100%;
        margin: 0;
        accent-color: var(--cursor);
      }
      .label {
        min-width: 168px;
        text-align: right;
      }
      strong {
        font-weight: 600;
      }
      @container (width < 560px) {
        :host {
          gap: 4px;
          padding: 8px;
        }
        .label {
          min-width: 0;
        }
        .label .muted {
          display: none;
        }
      }
    `,
  ];

  protected override select(app: AppState): [Timeline | null, boolean] {
    return [app.timeline, app.playing.value];
  }

  protected override view(timeline: Timeline | null, playing: boolean) {
    if (!timeline?.stops.length) return nothing;
    const { index, stops, following, cursor } = timeline;
    const last = stops.length - 1;
    const [step, first] = [cursor ?? 0, stops[0] ?? 0];
    const { actions } = this;
    return html`
      ${this.move('Previous capture', '‹', step <= first, () => actions.moveStep(-1))}
      <button
        aria-label=${playing ? 'Pause' : 'Play'}
        aria-pressed=${playing}
        ?disabled=${last === 0}
        @click=${() => actions.togglePlay()}
      >
        ${playing ? '❚❚' : '▶'}
      </button>
      ${this.move('Next capture', '›', step >= (stops[last] ?? 0), () => actions.moveStep(1))}
      <div
        class="rail"
        data-testid="rail"
        @pointermove=${(event: PointerEvent) => this.pointed(event, stops)}
        @pointerleave=${() => this.app.preview.set(null)}
      >
        <fm-preview></fm-preview>
        <fm-loss-trace></fm-loss-trace>
        <input
          type="range"
          min="0"
          max=${last}
          step="1"
          .value=${String(index)}
          ?disabled=${last === 0}
          aria-label="Step"
          aria-valuetext="step ${cursor}"
          data-testid="step-slider"
          @input=${(event: Event) =>
            actions.chooseStop(Number((event.target as HTMLInputElement).value))}
        />
      </div>
      <button
        aria-pressed=${following}
        title="Stay on the newest step"
        @click=${() => actions.follow()}
      >
        Latest
      </button>
      ${label(timeline, this.app.source.made !== null)}
    `;
  }

  /** Previews the stop under the pointer; the slider's thumb has its middle there. */
  private pointed(event: PointerEvent, stops: readonly number[]): void {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - left - THUMB / 2) / Math.max(1, width - THUMB);
    const index = Math.round(Math.max(0, Math.min(1, share)) * (stops.length - 1));
    this.app.preview.set(stops[index] ?? null);
  }

  private move(name: string, sign: string, disabled: boolean, act: () => void) {
    return html`<button aria-label=${name} ?disabled=${disabled} @click=${act}>${sign}</button>`;
  }
}
customElements.define('fm-timeline', TimelineView);

/** Where the cursor is, and which of the captures that there are here is the nearest. */
function label({ cursor, index, stops, allKept }: Timeline, isReport: boolean) {
  const kept = allKept ? '' : ' kept';
  const title = allKept ? 'All that were written' : isReport ? IN_A_REPORT : IN_TENSORBOARD;
  return html`<div class="label" data-testid="step-label" data-step=${cursor ?? nothing}>
    step <strong>${cursor === null ? '–' : formatStep(cursor)}</strong>
    <span class="muted" title=${title}>· ${index + 1} of ${stops.length}${kept}</span>
  </div>`;
}

const IN_A_REPORT = 'The report holds only some of those that were written';
const IN_TENSORBOARD =
  'TensorBoard keeps only some of those that were written; --featuremaps_samples=0 keeps all';
