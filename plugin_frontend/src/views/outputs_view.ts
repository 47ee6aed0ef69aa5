import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep } from '../derive/format';
import { memoised } from '../derive/memo';
import { comparedRows, headAt, headNames } from '../derive/prediction_rows';
import {
  columnsOfSides,
  drawnSides,
  predictionSides,
  type Columns,
  type DrawnSide,
  type PredictionSide,
} from '../derive/prediction_sides';
import { classChoices, className, learnedAt } from '../derive/predictions';
import { runColorsIn, type RunColors } from '../derive/run_colors';
import { shortNames } from '../derive/run_names';
import { problemOf, valueOf } from '../model/loadable';
import { comparedTable, headTable, type SideKey } from './head_predictions';
import { lineKey } from './line_key';
import { outputStyles } from './output_styles';
import { panelStyles } from './panel_styles';
import { Plotted, plotStyles } from './plotted';
import { headLines, headsChart } from './predictions_chart';
import type { Chart, Line } from './step_chart';
import { common } from './theme';

type Selected = [
  readonly PredictionSide[],
  readonly DrawnSide[],
  Columns | null,
  RunColors,
  number | null,
];

/** What each head predicts for the probe: over the steps, and at the step of each side. */
export class OutputsView extends Plotted<Selected> {
  static override styles = [common, plotStyles, panelStyles, outputStyles];
  private readonly chartOf = memoised(headsChart, 1);

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const cursor = app.timeline?.cursor ?? null;
    const sides = listing ? predictionSides(listing, app.selection.value, library, cursor) : NONE;
    const { classIndex } = app.look.value;
    const drawn = drawnSides(sides, classIndex);
    const columns = columnsOfSides(library, drawn);
    return [sides, drawn, columns, runColorsIn(library, listing), cursor];
  }

  protected override view(
    sides: readonly PredictionSide[],
    drawn: readonly DrawnSide[],
    _columns: Columns | null,
    colors: RunColors,
  ) {
    if (sides.every(({ predictions }) => predictions === null)) return nothing;
    if (!drawn.length) return this.message(sides);
    const names = [...new Set(sides.map(({ run }) => run.name))];
    const messages = sides.flatMap(({ predictions }) => valueOf(predictions)?.messages ?? []);
    return html`<section data-testid="outputs">
      <h2>
        Predictions of the probe
        ${names.length > 1 ? nothing : html`<bdi class="of" title=${names[0]!}>${names[0]}</bdi>`}
      </h2>
      ${this.overSteps(sides, drawn[0]!)}
      <ul class="learned" data-testid="learned">
        ${drawn.map((side, place) => learned(side, headLines(drawn, colors)[place]!))}
      </ul>
      ${heads(sides, colors)} ${withoutPredictions(sides)}
      ${[...new Set(messages)].map((message) => html`<p class="muted">${message}</p>`)}
    </section>`;
  }

  protected override chart(): Chart | null {
    const [, drawn, columns, colors] = this.selected;
    return columns && this.chartOf(drawn, columns, colors);
  }

  private message(sides: readonly PredictionSide[]) {
    const problems = sides.flatMap(({ predictions }) => {
      const messages = valueOf(predictions)?.messages ?? [];
      return problemOf(predictions) ?? (predictions?.status === 'ready' ? messages : 'Loading …');
    });
    const text = [...new Set(problems)].join(' ');
    if (!text) return nothing;
    return html`<section data-testid="outputs">
      <h2>Predictions of the probe</h2>
      <p class="muted">${text}</p>
    </section>`;
  }

  private overSteps(sides: readonly PredictionSide[], first: DrawnSide) {
    const { run, probe, index: drawn } = first;
    const [head] = first.heads;
    const side = sides.find((candidate) => candidate.run === run)!;
    const choices = classChoices(valueOf(side.predictions)!, probe);
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
                  ${className(head!, index)}
                </option>`,
            )}
          </select></label
        >
      </div>
      <div
        class="plot"
        data-testid="outputs-plot"
        role="img"
        aria-label="What each head predicts for the class ${className(head!, drawn)} over the steps"
      ></div>`;
  }
}
customElements.define('fm-outputs', OutputsView);

const NONE: readonly PredictionSide[] = [];

/** Since when each head's first choice is the class. */
function learned({ probe, heads, index }: DrawnSide, lines: readonly Line[]) {
  return heads.map((head, place) => {
    const { label, color, dash } = lines[place]!;
    const since = index < 0 ? null : learnedAt(head, probe, index);
    const text = index < 0 ? 'has no such class' : 'not its first choice now';
    return html`<li>
      ${lineKey(color, dash)}<bdi>${label}</bdi>
      <span class="muted"
        >${since === null ? text : `first choice since step ${formatStep(since)}`}</span
      >
    </li>`;
  });
}

/** What the heads predict at the steps of the sides. */
function heads(sides: readonly PredictionSide[], colors: RunColors) {
  const keys = keysOf(sides, colors);
  return headNames(sides).map((name) => {
    const found = sides.map((side) => headAt(side, name));
    const rows = comparedRows(sides, found);
    if (sides.length > 1) return comparedTable(name, found, rows, keys);
    return found[0] ? headTable(found[0], rows, keys[0]!) : nothing;
  });
}

function keysOf(sides: readonly PredictionSide[], colors: RunColors): readonly SideKey[] {
  const names = shortNames([...new Set(sides.map(({ run }) => run.name))]);
  const areRuns = names.size > 1;
  return sides.map(({ run, step, probe }, place) => {
    const when = `step ${step === null ? '–' : formatStep(step)}`;
    const own = areRuns ? (colors(run.name) ?? '--muted') : place ? '--series-1' : '--muted';
    return {
      name: areRuns ? names.get(run.name)! : when,
      title: `${run.name}, ${when}`,
      ...{ color: own, step, probe },
    };
  });
}

function withoutPredictions(sides: readonly PredictionSide[]) {
  const without = sides.filter(({ predictions }) => predictions === null);
  return without.map(
    ({ run }) => html`<p class="muted">No predictions were logged in <bdi>${run.name}</bdi>.</p>`,
  );
}
