import { css, html, nothing } from 'lit';
import type { HeadOutputs } from '../api/types';
import { classColumns, learnedAt } from '../store/channel_curves';
import type { Controller } from '../store/controller';
import { Memo } from '../store/memo';
import { currentRun, type State } from '../store/state';
import { nearestIndex } from '../store/steps';
import { PlottedView, plotStyles } from './plotted';
import type { Chart } from './step_plot';
import { common } from './theme';

const SHOWN_CLASSES = 5;

/** What each head predicts for the probe: over the steps, and at the step of the cursor. */
export class OutputsView extends PlottedView {
  static override properties = { state: {}, controller: {}, chosenClass: { state: true } };
  static override styles = [
    common,
    plotStyles,
    css`
      .plot {
        height: 140px;
        cursor: crosshair;
      }
      .over {
        display: flex;
        align-items: center;
        justify-content: space-between;
        margin: 8px 0 4px;
      }
      select {
        max-width: 160px;
      }
      .learned {
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 12px;
        line-height: 18px;
      }
      .key {
        display: inline-block;
        width: 16px;
        border-top: 3px solid;
        margin-right: 8px;
        vertical-align: 4px;
      }
      section {
        padding: 16px;
        border-top: 1px solid var(--line);
      }
      h3 {
        margin: 12px 0 4px;
        font-size: 13px;
        font-weight: 500;
        display: flex;
        justify-content: space-between;
      }
      .row {
        display: grid;
        grid-template-columns: 96px 1fr 48px;
        gap: 8px;
        align-items: center;
        font-size: 12px;
        line-height: 18px;
      }
      .row span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .true {
        font-weight: 600;
      }
      .track {
        height: 8px;
        border-radius: 4px;
        background: var(--hover);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        background: var(--series-1);
      }
      .true .fill {
        background: var(--accent);
      }
      .number {
        text-align: right;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;
  /** The class that the plot is of; null for the probe's own. */
  declare chosenClass: number | null;
  private readonly charts = new Memo<Chart | null>();

  override render() {
    const heads = this.heads();
    if (!heads.length) return nothing;
    return html`<section data-testid="outputs">
      <h2>Predictions of the probe</h2>
      ${this.overSteps(heads)} ${heads.map((head) => this.head(head))}
    </section>`;
  }

  protected override chart(): Chart | null {
    const { outputs, probe } = this.state;
    const index = this.classIndex();
    return this.charts.of([outputs, probe, index], () => {
      const heads = this.heads();
      if (!heads.length) return null;
      const lines = heads.map((head, i) => ({
        label: head.name,
        color: lineColor(i),
        width: head.role === 'main' ? 2.5 : 1.5,
        dashed: head.role !== 'main',
      }));
      return { lines, data: classColumns(heads, probe, index) };
    });
  }

  protected override cursor(): number | null {
    return this.state.step;
  }

  protected override choose(step: number): void {
    this.controller.chooseStep(step);
  }

  private heads(): HeadOutputs[] {
    return [...this.state.outputs].sort(
      (a, b) => Number(b.role === 'main') - Number(a.role === 'main'),
    );
  }

  private classNames(): string[] {
    const [first] = this.heads();
    const count = first?.steps[0]?.values[0]?.length ?? 0;
    return Array.from({ length: count }, (_, index) => first?.class_names[index] ?? String(index));
  }

  /** The class that the plot is of: the chosen one, else the probe's own, else the first. */
  private classIndex(): number {
    const names = this.classNames();
    const truth = currentRun(this.state)?.probes?.labels[this.state.probe];
    const index = this.chosenClass ?? names.indexOf(truth ?? '');
    return index >= 0 && index < names.length ? index : 0;
  }

  private overSteps(heads: HeadOutputs[]) {
    const names = this.classNames();
    const index = this.classIndex();
    const { probe } = this.state;
    return html`<div class="over">
        <span>Over the steps</span>
        <label
          >Class
          <select
            data-testid="class-select"
            @change=${(event: Event) =>
              (this.chosenClass = Number((event.target as HTMLSelectElement).value))}
          >
            ${names.map(
              (name, one) => html`<option value=${one} ?selected=${one === index}>${name}</option>`,
            )}
          </select></label
        >
      </div>
      <div
        class="plot"
        data-testid="outputs-plot"
        role="img"
        aria-label="What each head predicts for the class ${names[index]} over the steps"
      ></div>
      <ul class="learned" data-testid="learned">
        ${heads.map((head, i) => {
          const since = learnedAt(head, probe, index);
          return html`<li>
            <span
              class="key"
              style="color:var(${lineColor(i)});border-top-style:${
                head.role === 'main' ? 'solid' : 'dashed'
              }"
            ></span
            >${head.name}
            <span class="muted"
              >${
                since === null ? 'not its first choice now' : `first choice since step ${since}`
              }</span
            >
          </li>`;
        })}
      </ul>`;
  }

  private head(head: HeadOutputs) {
    const steps = head.steps.map((one) => one.step);
    const nearest = nearestIndex(steps, this.state.step ?? 0);
    const values = head.steps[nearest]?.values[this.state.probe];
    if (!values) return nothing;
    const truth = currentRun(this.state)?.probes?.labels[this.state.probe];
    const best = values
      .map((value, index) => ({ value, name: head.class_names[index] ?? String(index) }))
      .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity))
      .filter((one, rank) => rank < SHOWN_CLASSES || one.name === truth);
    return html`<h3>
        ${head.name}<span class="muted">${head.role ?? ''} · weight ${head.weight}</span>
      </h3>
      ${best.map((one) => this.row(one.name, one.value, one.name === truth))}`;
  }

  private row(name: string, value: number | null, isTrue: boolean) {
    const share = Math.max(0, Math.min(1, value ?? 0));
    return html`<div class="row ${isTrue ? 'true' : ''}">
      <span title=${name}>${isTrue ? '✓ ' : ''}${name}</span>
      <div class="track"><div class="fill" style="width:${100 * share}%"></div></div>
      <span class="number">${value === null ? '–' : value.toFixed(3)}</span>
    </div>`;
  }
}
customElements.define('fm-outputs', OutputsView);

function lineColor(index: number): string {
  return `--series-${1 + (index % 5)}`;
}
