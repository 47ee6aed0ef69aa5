import { LitElement, css, html } from 'lit';
import { common } from './theme';

const EXAMPLE = `from tb_featuremaps import FeatureMaps, LossTerms

model.fit(x, y, callbacks=[
    FeatureMaps("logs/run1", probes=x_val[:4], every=100),
    LossTerms("logs/run1"),
])`;

/** What is shown where no run has data of ours: how to log some. */
export class EmptyView extends LitElement {
  static override styles = [
    common,
    css`
      section {
        max-width: 640px;
        margin: 10vh auto;
        padding: 0 24px;
      }
      h1 {
        font-size: 22px;
        line-height: 28px;
        font-weight: 500;
        margin: 0 0 8px;
      }
      pre {
        position: relative;
        margin: 16px 0;
        padding: 16px;
        overflow: auto;
        background: var(--panel);
        border: 1px solid var(--line);
        border-radius: 8px;
        font:
          13px/20px ui-monospace,
          'Roboto Mono',
          monospace;
      }
      button {
        position: absolute;
        top: 8px;
        right: 8px;
      }
      .code {
        position: relative;
      }
    `,
  ];

  override render() {
    return html`<section data-testid="empty-state">
      <h1>No feature maps in this log directory</h1>
      <p class="muted">
        Add the callbacks to <code>model.fit</code>; maps appear here by themselves while the model
        trains.
      </p>
      <div class="code">
        <pre tabindex="0" aria-label="Example">${EXAMPLE}</pre>
        <button @click=${copy}>Copy</button>
      </div>
      <p class="muted">
        Already logging? Check that <code>--logdir</code> is the directory that the callbacks write
        to, or one above it.
      </p>
    </section>`;
  }
}

async function copy(event: Event): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement;
  await navigator.clipboard.writeText(EXAMPLE);
  button.textContent = 'Copied';
}
customElements.define('fm-empty', EmptyView);
