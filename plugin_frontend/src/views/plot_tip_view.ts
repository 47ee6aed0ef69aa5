import { LitElement, css, html, nothing } from 'lit';
import type uPlot from 'uplot';
import { formatStep, formatValue } from '../derive/format';
import { lineKey } from './line_key';
import { formatDuration, type Chart, type Line } from './step_chart';
import { common } from './theme';

/** The place of a plot that the pointer is on. */
export interface PlotPlace {
  readonly chart: Chart;
  /** Of the nearest column of the chart's data. */
  readonly index: number;
  /** In pixels from the left. */
  readonly left: number;
  readonly plot: uPlot;
}

/** The value of each line under the pointer; a value of another place says of which. */
export class PlotTipView extends LitElement {
  static override properties = { place: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        position: absolute;
        inset: 0;
        z-index: 2;
        pointer-events: none;
      }
      div {
        position: absolute;
        top: 4px;
        padding: 4px 8px;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 6px;
        box-shadow: var(--shadow);
        font-size: 12px;
        line-height: 18px;
        white-space: nowrap;
      }
      table {
        border-spacing: 0;
      }
      td {
        padding: 0;
      }
      td + td {
        padding-left: 12px;
        text-align: right;
      }
      bdi {
        display: inline-block;
        max-width: 160px;
        overflow: hidden;
        text-overflow: ellipsis;
        vertical-align: bottom;
      }
      .key {
        margin-right: 8px;
        vertical-align: middle;
      }
    `,
  ];
  declare place: PlotPlace | null;

  constructor() {
    super();
    this.place = null;
  }

  /** @param place null to hide it. */
  show(place: PlotPlace | null): void {
    this.place = place;
  }

  override render() {
    const { place } = this;
    if (!place) return nothing;
    const { chart, index, left, plot } = place;
    const onLeft = left > plot.over.clientWidth / 2;
    const side = onLeft ? `right:${plot.over.clientWidth - left + 12}px` : `left:${left + 12}px`;
    return html`<div style=${side} data-testid="plot-tip">
      <span class="muted">${placeName(chart, chart.data[0]?.[index] ?? 0)}</span>
      <table>
        ${chart.lines.map((line, i) => (line.pale ? nothing : row(chart, line, i, index)))}
      </table>
    </div>`;
  }
}
customElements.define('fm-plot-tip', PlotTipView);

function row(chart: Chart, line: Line, number: number, index: number) {
  const column = line.told ?? chart.data[number + 1] ?? [];
  const at = nearestKnown(column, index);
  if (at === null) return nothing;
  const elsewhere = at === index ? '' : ` @ ${placeName(chart, chart.data[0]?.[at] ?? 0)}`;
  return html`<tr>
    <td>${lineKey(line.color, line.dash)}<bdi>${line.label}</bdi></td>
    <td>${formatValue(column[at])}<span class="muted">${elsewhere}</span></td>
  </tr>`;
}

/** The index nearest to one where a column has a value; of two, the earlier; null in none. */
export function nearestKnown(column: readonly (number | null)[], index: number): number | null {
  for (let away = 0; away < column.length; away++) {
    if (column[index - away] != null) return index - away;
    if (column[index + away] != null) return index + away;
  }
  return null;
}

function placeName({ axis }: Chart, place: number): string {
  if (axis === 'relative') return formatDuration(place);
  if (axis === 'wall') return new Date(1000 * place).toLocaleString();
  return `step ${formatStep(place)}`;
}
