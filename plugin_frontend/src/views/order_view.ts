import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { importanceOf, importanceTerms } from '../derive/importance';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { isSpatial } from '../derive/place';
import { selectivityProblem } from '../derive/selectivity';
import { valueOf } from '../model/loadable';
import { SORT_ORDERS, type Look, type SortOrder } from '../state/look';
import type { ProbePoint } from '../state/selection';
import { choice } from './choice';
import { Connected } from './connected';
import { common } from './theme';

const SORT_NAMES: Record<SortOrder, string> = {
  index: 'index',
  mean: 'mean',
  std: 'deviation',
  zeros: 'sparsity',
  change: 'change',
  selective: 'selective for this probe',
  importance: 'importance',
};

const IMPORTANCE_TIP =
  'Mean of activation × gradient of the weighted term over the labelled batch of GradientTerms and ' +
  'all positions, not of this probe: + where the term grows with the channel, − where it falls. The ' +
  'largest come first, whichever their sign (Molchanov et al. 2017)';

type Selected = [Look, Pane | null, boolean, ProbePoint | null];

/** In which order the channels stand, how many of them, and the way to one of a number. */
export class OrderView extends Connected<Selected> {
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      label {
        display: flex;
        justify-content: space-between;
      }
      select,
      input {
        width: 148px;
      }
      input {
        font: inherit;
        color: inherit;
        height: 28px;
        padding: 0 8px;
        border: 1px solid var(--line);
        border-radius: 6px;
        background: var(--raised);
      }
      p {
        margin: 0;
        max-width: 236px;
        font-size: 12px;
        line-height: 16px;
      }
    `,
  ];

  protected override select(app: AppState): Selected {
    const { listing, selection, library, look } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    const pane = paneOf(panes?.first ?? null);
    return [look.value, pane, panes?.second != null, selection.value.point];
  }

  protected override view(
    look: Look,
    pane: Pane | null,
    comparing: boolean,
    point: ProbePoint | null,
  ) {
    if (!pane) return nothing;
    const { layer, run } = pane;
    const spatial = isSpatial(layer);
    const problem = selectivityProblem(run.probes?.count ?? 1, spatial);
    const byPoint = point !== null && spatial;
    const names = SORT_ORDERS.filter(
      (name) =>
        (name !== 'selective' || !problem) &&
        (name !== 'importance' || layer.gradientsTag !== null),
    );
    return html`
      ${
        byPoint
          ? this.pointed()
          : choice({
              label: 'Sort',
              testId: 'sort-select',
              names,
              title: (name) => sortTitle(name, comparing),
              chosen: names.includes(look.sort) ? look.sort : 'index',
              choose: (sort) => this.actions.show({ sort }),
            })
      }
      ${look.sort === 'importance' && !byPoint ? this.importance(pane, look.sortTerm) : nothing}
      ${problem ? html`<p class="muted" data-testid="not-selective">Not by selectivity: ${problem}</p>` : nothing}
      <label title="Show only the first so many channels of the order; empty for all"
        >Top
        ${this.number('top', look.top, 1, layer.channels, 'all', (top) => this.actions.show({ top }))}
      </label>
      <label title="Open the channel of a number, counted from 0"
        >Channel
        ${this.number('go-to-channel', null, 0, layer.channels - 1, 'no.', (channel) => {
          if (channel !== null) this.actions.chooseChannel(channel);
        })}
      </label>
    `;
  }

  /** For which term of the loss the channels matter. */
  private importance(pane: Pane, wanted: string | null) {
    const importance = importanceOf(pane, wanted);
    if (typeof importance === 'string') {
      return html`<p class="muted" data-testid="no-importance">
        Not by importance: ${importance}
      </p>`;
    }
    return html`<div title=${IMPORTANCE_TIP}>
      ${choice({
        label: 'For',
        testId: 'sort-term-select',
        names: importanceTerms(valueOf(pane.gradients)!.items),
        title: (name) => name,
        chosen: importance.term,
        choose: (sortTerm) => this.actions.show({ sortTerm }),
      })}
    </div>`;
  }

  private pointed() {
    return html`<button
      aria-pressed="true"
      data-testid="sorted-by-point"
      title="The channels stand by their value at the point of the probe; click to sort as before"
      @click=${() => this.actions.choosePoint(null)}
    >
      Strongest at the point ✕
    </button>`;
  }

  private number(
    testId: string,
    value: number | null,
    least: number,
    most: number,
    empty: string,
    choose: (value: number | null) => void,
  ) {
    const changed = (event: Event) => {
      const input = event.target as HTMLInputElement;
      const { valueAsNumber: number } = input;
      if (input.value === '') choose(null);
      else if (input.reportValidity() && Number.isInteger(number)) choose(number);
    };
    return html`<input
      type="number"
      data-testid=${testId}
      min=${least}
      max=${Math.max(least, most)}
      step="1"
      placeholder=${empty}
      .value=${value === null ? '' : String(value)}
      @change=${changed}
    />`;
  }
}
customElements.define('fm-order', OrderView);

function sortTitle(name: SortOrder, comparing: boolean): string {
  if (name !== 'change') return SORT_NAMES[name];
  return comparing ? 'change between' : 'change since before';
}
