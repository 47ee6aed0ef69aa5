import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { listedRuns, placeOf } from '../derive/place';
import { MOST_OVERLAID, matcherOf, matchingRuns } from '../derive/run_choice';
import { runColorsIn, type RunColors } from '../derive/run_colors';
import type { Run } from '../model/run';
import { Connected } from './connected';
import { listStyles } from './list_styles';
import { common } from './theme';

/** The runs to choose from, in TensorBoard's colours; a regular expression chooses several. */
export class RunsView extends Connected<
  [readonly Run[], string | null, string, RunColors, number]
> {
  static override styles = [
    common,
    listStyles,
    css`
      :host {
        width: min(420px, calc(100vw - 36px));
      }
      ul {
        margin-top: 8px;
        max-height: max(140px, 60vh);
        overflow-y: auto;
      }
      p {
        margin: 4px 8px 0;
        font-size: 12px;
        line-height: 16px;
      }
      .dot {
        flex: none;
        width: 10px;
        height: 10px;
        border-radius: 50%;
        background: var(--muted);
      }
    `,
  ];

  protected override select(
    app: AppState,
  ): [readonly Run[], string | null, string, RunColors, number] {
    const { listing, library } = app;
    const { run, layer, runFilter } = app.selection.value;
    const colors = runColorsIn(library, listing);
    if (!listing) return [[], null, runFilter, colors, 0];
    const chosen = placeOf(listing, run, layer).run?.name ?? null;
    return [
      matchingRuns(listing, runFilter),
      chosen,
      runFilter,
      colors,
      listedRuns(listing).length,
    ];
  }

  protected override view(
    runs: readonly Run[],
    chosen: string | null,
    filter: string,
    colors: RunColors,
    all: number,
  ) {
    return html`<input
        type="search"
        placeholder="Filter runs (regular expression)"
        aria-label="Filter runs by a regular expression"
        data-testid="run-filter"
        .value=${filter}
        @input=${(event: Event) => this.actions.filterRuns((event.target as HTMLInputElement).value)}
      />
      ${remark(filter, runs.length, all)}
      <ul data-testid="runs">
        ${runs.map((run) => this.item(run, run.name === chosen, colors(run.name)))}
      </ul>`;
  }

  /** Brings the chosen run into view; the list is scrolled only while it is seen. */
  reveal(): void {
    this.renderRoot.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  private choose(name: string): void {
    this.actions.chooseRun(name);
    this.dispatchEvent(new CustomEvent('run-chosen'));
  }

  private item(run: Run, chosen: boolean, color: string | null) {
    const { name } = run;
    return html`<li>
      <button
        class="item"
        data-testid="run-item"
        data-run=${name}
        title=${name}
        aria-current=${chosen}
        @click=${() => this.choose(name)}
      >
        <span
          class="dot"
          data-color=${color ?? nothing}
          style=${color ? `background:var(${color})` : nothing}
        ></span>
        <bdi class="name">${name}</bdi>
        <span class="details">${contentOf(run)}</span>
      </button>
    </li>`;
  }
}
customElements.define('fm-runs', RunsView);

/** What the filter does, or why it can't. */
function remark(filter: string, matching: number, all: number) {
  if (!filter) return nothing;
  if (!matcherOf(filter)) {
    return html`<p class="bad" role="alert">
      “${filter}” is no regular expression; expected one such as <code>^run[12]/</code>.
    </p>`;
  }
  const drawn = Math.min(matching, MOST_OVERLAID);
  const rest = matching > drawn ? ` (the first ${drawn})` : '';
  return html`<p class="muted" data-testid="run-remark">
    ${matching} of ${all} runs match; their losses${rest} can be drawn over each other.
  </p>`;
}

function contentOf({ layers, hasLosses, hasGradients }: Run): string {
  if (layers.length) return counted(layers.length);
  const others = [hasLosses ? 'losses' : [], hasGradients ? 'gradients' : []].flat();
  return others.length ? `${others.join(' and ')} only` : '';
}

function counted(layers: number): string {
  return `${layers} ${layers === 1 ? 'layer' : 'layers'}`;
}
