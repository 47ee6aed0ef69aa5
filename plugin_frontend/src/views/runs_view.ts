import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { listedRuns, placeOf } from '../derive/place';
import type { Run } from '../model/run';
import { Connected } from './connected';
import { listStyles } from './list_styles';
import { common } from './theme';

/** The runs to choose from. */
export class RunsView extends Connected<[readonly Run[], string | null]> {
  static override styles = [
    common,
    listStyles,
    css`
      ul {
        max-height: 40vh; /* many runs leave room for the layers */
        overflow-y: auto;
      }
    `,
  ];
  private scrolledTo: string | null = null;

  protected override select(app: AppState): [readonly Run[], string | null] {
    const { listing } = app;
    if (!listing) return [[], null];
    const { run, layer } = app.selection.value;
    return [listedRuns(listing), placeOf(listing, run, layer).run?.name ?? null];
  }

  protected override view(runs: readonly Run[], chosen: string | null) {
    return html`<section>
      <h2>Runs</h2>
      <ul data-testid="runs">
        ${runs.map((run) => this.item(run, run.name === chosen))}
      </ul>
    </section>`;
  }

  protected override updated(): void {
    const [, chosen] = this.selected;
    if (chosen === this.scrolledTo) return;
    this.scrolledTo = chosen;
    this.renderRoot.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  private item({ name, layers, hasLosses }: Run, chosen: boolean) {
    const content = layers.length ? counted(layers.length) : hasLosses ? 'losses only' : nothing;
    return html`<li>
      <button
        class="item"
        data-testid="run-item"
        data-run=${name}
        title=${name}
        aria-current=${chosen}
        @click=${() => this.actions.chooseRun(name)}
      >
        <bdi class="name">${name}</bdi>
        <span class="details"><span>${content}</span></span>
      </button>
    </li>`;
  }
}
customElements.define('fm-runs', RunsView);

function counted(layers: number): string {
  return `${layers} ${layers === 1 ? 'layer' : 'layers'}`;
}
