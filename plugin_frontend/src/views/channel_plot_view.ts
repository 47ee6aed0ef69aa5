import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { channelColumns } from '../derive/channel_curves';
import { memoised } from '../derive/memo';
import { sidePane } from '../derive/side';
import { valueOf } from '../model/loadable';
import { Plotted, plotStyles } from './plotted';
import type { Chart } from './step_chart';
import { common } from './theme';

type Columns = readonly (readonly (number | null)[])[];

/** The chosen channel's minimum, mean and maximum over the steps. */
export class ChannelPlotView extends Plotted<[Columns | null, number | null]> {
  static override styles = [
    common,
    plotStyles,
    css`
      .plot {
        height: 120px;
        cursor: crosshair;
      }
      p {
        margin: 0;
        font-size: 12px;
      }
    `,
  ];
  private readonly chartOf = memoised(makeChart, 1);

  protected override select(app: AppState): [Columns | null, number | null] {
    const { listing, library } = app;
    const { channel } = app.selection.value;
    const pane = listing ? sidePane(listing, app.selection.value, library) : null;
    const items = valueOf(pane?.statistics)?.items;
    const known = pane && items && channel !== null;
    return [
      known ? channelColumns(items, pane.probe, channel) : null,
      app.timeline?.cursor ?? null,
    ];
  }

  protected override view(columns: Columns | null) {
    if (!columns) return html`<p class="muted">No statistics of this layer are known.</p>`;
    return html`<div
        class="plot"
        data-testid="channel-plot"
        role="img"
        aria-label="Minimum, mean and maximum of the channel over the steps"
      ></div>
      <p class="muted">mean ─ , minimum and maximum ┄</p>`;
  }

  protected override chart(): Chart | null {
    const [columns] = this.selected;
    return columns ? this.chartOf(columns) : null;
  }
}
customElements.define('fm-channel-plot', ChannelPlotView);

function makeChart(data: Columns): Chart {
  const edge = { color: '--series-1', width: 1, dash: [6, 4] };
  return {
    lines: [
      { label: 'minimum', ...edge },
      { label: 'mean', color: '--series-2', width: 2 },
      { label: 'maximum', ...edge },
    ],
    data,
  };
}
