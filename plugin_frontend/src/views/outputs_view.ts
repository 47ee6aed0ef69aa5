import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { predictionsAsk } from '../data/asks';
import { formatStep } from '../derive/format';
import { memoised } from '../derive/memo';
import {
  classChoices,
  classColumns,
  className,
  drawnClass,
  headsOf,
  learnedAt,
} from '../derive/predictions';
import { sidePane, sideRun } from '../derive/side';
import { nearestEntry } from '../derive/steps';
import { problemOf, valueOf, type Loadable } from '../model/loadable';
import type { HeadPredictions, Predictions } from '../model/prediction';
import type { Run } from '../model/run';
import { lineColor } from '../render/palette';
import { lineKey } from './line_key';
import { outputStyles } from './output_styles';
import { panelStyles } from './panel_styles';
import { Plotted, plotStyles } from './plotted';
import type { Chart } from './step_chart';
import { common } from './theme';

type Columns = readonly (readonly (number | null)[])[];
type Selected = [
  Loadable<Predictions> | null,
  Run | null,
  number,
  number | null,
  number | null,
  Columns | null,
];

/** What each head predicts for the probe: over the steps, and at the step of the cursor. */
export class OutputsView extends Plotted<Selected> {
  static override styles = [common, plotStyles, panelStyles, outputStyles];
  private readonly chartOf = memoised(makeChart, 1);

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const run = listing ? sideRun(listing, app.selection.value) : null;
    const ask = run && predictionsAsk(run);
    if (!listing || !run || !ask) return [null, run, 0, null, null, null];
    const loadable = library.predictions.peek(ask);
    const pane = sidePane(listing, app.selection.value, library);
    const probe = pane?.probe ?? 0;
    const predictions = valueOf(loadable);
    const chosen = app.look.value.classIndex;
    const drawn = predictions && drawnClass(predictions, probe, chosen);
    const columns =
      predictions && drawn !== undefined
        ? classColumns(library, run.name, headsOf(predictions), probe, drawn)
        : null;
    return [loadable, run, probe, app.timeline?.cursor ?? null, drawn ?? null, columns];
  }

  protected override view(
    loadable: Loadable<Predictions> | null,
    run: Run | null,
    probe: number,
    cursor: number | null,
    drawn: number | null,
  ) {
    if (!loadable || !run) return nothing;
    const predictions = valueOf(loadable);
    const [first] = predictions ? headsOf(predictions) : [];
    if (!predictions || !first || drawn === null) return this.message(loadable);
    const heads = headsOf(predictions);
    return html`<section data-testid="outputs">
      <h2>Predictions of the probe <bdi class="of" title=${run.name}>${run.name}</bdi></h2>
      ${this.overSteps(predictions, first, probe, drawn)}
      <ul class="learned" data-testid="learned">
        ${heads.map((head, index) => learned(head, index, probe, drawn))}
      </ul>
      ${heads.map((head) => headAt(head, probe, cursor))}
      ${predictions.messages.map((message) => html`<p class="muted">${message}</p>`)}
    </section>`;
  }

  protected override chart(): Chart | null {
    const [loadable, , , , , columns] = this.selected;
    const predictions = valueOf(loadable);
    return predictions && columns ? this.chartOf(headsOf(predictions), columns) : null;
  }

  private message(loadable: Loadable<Predictions>) {
    const predictions = valueOf(loadable);
    const text = problemOf(loadable) ?? predictions?.messages.join(' ');
    if (text === '') return nothing;
    return html`<section data-testid="outputs">
      <h2>Predictions of the probe</h2>
      <p class="muted">${text ?? 'Loading …'}</p>
    </section>`;
  }

  private overSteps(
    predictions: Predictions,
    first: HeadPredictions,
    probe: number,
    drawn: number,
  ) {
    const choices = classChoices(predictions, probe);
    const all = choices.includes(drawn) ? choices : [...choices, drawn];
    return html`<div class="over">
        <span>Over the steps</span>
        <label
          >Class
          <select
            data-testid="class-select"
            @change=${(event: Event) =>
              this.actions.show({ classIndex: Number((event.target as HTMLSelectElement).value) })}
          >
            ${all.map(
              (index) =>
                html`<option value=${index} ?selected=${index === drawn}>
                  ${className(first, index)}
                </option>`,
            )}
          </select></label
        >
      </div>
      <div
        class="plot"
        data-testid="outputs-plot"
        role="img"
        aria-label="What each head predicts for the class ${className(first, drawn)} over the steps"
      ></div>`;
  }
}
customElements.define('fm-outputs', OutputsView);

function learned(head: HeadPredictions, index: number, probe: number, drawn: number) {
  const since = learnedAt(head, probe, drawn);
  return html`<li>
    ${lineKey(lineColor(1 + index), headDash(head))}<bdi>${head.name}</bdi>
    <span class="muted"
      >${
        since === null ? 'not its first choice now' : `first choice since step ${formatStep(since)}`
      }</span
    >
  </li>`;
}

/** The largest classes and the true one, at the prediction nearest to the cursor. */
function headAt(head: HeadPredictions, probe: number, cursor: number | null) {
  const at = nearestEntry(head.steps, cursor ?? Infinity);
  const prediction = at?.predictions[probe];
  if (!at || !prediction) return nothing;
  const truth = head.trueClass[probe] ?? null;
  const rows = prediction.top.map(({ index, value }) => ({ index, value }));
  if (truth !== null && prediction.trueValue !== null && !rows.some((one) => one.index === truth)) {
    rows.push({ index: truth, value: prediction.trueValue });
  }
  const when = at.step === cursor ? '' : ` · at step ${formatStep(at.step)}`;
  return html`<h3>
      <bdi>${head.name}</bdi
      ><span class="muted">${head.role ?? ''} · weight ${head.weight}${when}</span>
    </h3>
    ${rows.map(({ index, value }) => row(className(head, index), value, index === truth))}
    ${
      prediction.nonfinite
        ? html`<p class="bad">${prediction.nonfinite} values are not finite.</p>`
        : nothing
    }`;
}

function row(name: string, value: number, isTrue: boolean) {
  const share = Math.max(0, Math.min(1, value));
  return html`<div class="row ${isTrue ? 'true' : ''}">
    <span title=${name}>${isTrue ? '✓ ' : ''}<bdi>${name}</bdi></span>
    <div class="track"><div class="fill" style="width:${100 * share}%"></div></div>
    <span class="number">${value.toFixed(3)}</span>
  </div>`;
}

function makeChart(heads: readonly HeadPredictions[], data: Columns): Chart {
  const lines = heads.map((head, index) => ({
    label: head.name,
    color: lineColor(1 + index),
    width: head.role === 'main' ? 2.5 : 1.5,
    dash: headDash(head),
  }));
  return { lines, data };
}

function headDash({ role }: HeadPredictions): readonly number[] | undefined {
  return role === 'main' ? undefined : [6, 4];
}
