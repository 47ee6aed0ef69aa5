import { LitElement, css, html, nothing } from 'lit';
import type { Controller } from '../store/controller';
import { captureIndex, type State } from '../store/state';
import { common } from './theme';

/** The step cursor as a slider over the captures. */
export class TimelineView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 8px 16px;
      }
      button {
        min-width: 32px;
        padding: 0 8px;
      }
      .rail {
        flex: 1;
        display: grid;
      }
      input {
        width: 100%;
        margin: 0;
        accent-color: var(--accent);
      }
      .label {
        min-width: 168px;
        text-align: right;
      }
      strong {
        font-weight: 600;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;

  override render() {
    const { state, controller } = this;
    const last = state.captures.length - 1;
    const index = captureIndex(state);
    if (last < 0) return nothing;
    return html`
      <button
        aria-label="Previous capture"
        ?disabled=${index <= 0}
        @click=${() => controller.moveStep(-1)}
      >
        ‹
      </button>
      <button
        aria-label=${state.playing ? 'Pause' : 'Play'}
        aria-pressed=${state.playing}
        ?disabled=${last === 0}
        @click=${() => controller.togglePlay()}
      >
        ${state.playing ? '❚❚' : '▶'}
      </button>
      <button
        aria-label="Next capture"
        ?disabled=${index >= last}
        @click=${() => controller.moveStep(1)}
      >
        ›
      </button>
      <div class="rail">
        <input
          type="range"
          min="0"
          max=${last}
          step="1"
          .value=${String(index)}
          ?disabled=${last === 0}
          aria-label="Step"
          aria-valuetext="step ${state.step}"
          data-testid="step-slider"
          @input=${(event: Event) =>
            controller.chooseIndex(Number((event.target as HTMLInputElement).value))}
        />
      </div>
      <button
        aria-pressed=${state.following}
        title="Stay on the newest capture"
        @click=${() => controller.follow()}
      >
        Latest
      </button>
      <div class="label" data-testid="step-label" data-step=${state.step ?? nothing}>
        step <strong>${state.step?.toLocaleString('en')}</strong>
        <span class="muted">· ${index + 1} of ${last + 1}</span>
      </div>
    `;
  }
}
customElements.define('fm-timeline', TimelineView);
