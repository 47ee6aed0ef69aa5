import { css, html } from 'lit';
import type { Stats } from '../api/types';
import { channelColumns } from '../store/channel_curves';
import type { Controller } from '../store/controller';
import { Memo } from '../store/memo';
import type { State } from '../store/state';
import { PlottedView, plotStyles } from './plotted';
import type { Chart } from './step_plot';
import { common } from './theme';

/** The chosen channel's minimum, mean and maximum over the steps. */
export class ChannelPlotView extends PlottedView {
  static override properties = { state: {}, controller: {} };
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
  declare state: State;
  declare controller: Controller;
  private readonly charts = new Memo<Chart | null>();

  override render() {
    return html`<div
        class="plot"
        data-testid="channel-plot"
        role="img"
        aria-label="Minimum, mean and maximum of the channel over the steps"
      ></div>
      <p class="muted">mean ─ , minimum and maximum ┄</p>`;
  }

  protected override chart(): Chart | null {
    const { channel, layer, probe, stats } = this.state;
    const own = stats[layer ?? ''];
    return this.charts.of([own, probe, channel], () =>
      own && channel !== null ? chartOf(own, probe, channel) : null,
    );
  }

  protected override cursor(): number | null {
    return this.state.step;
  }

  protected override choose(step: number): void {
    this.controller.chooseStep(step);
  }
}
customElements.define('fm-channel-plot', ChannelPlotView);

function chartOf(stats: Stats, probe: number, channel: number): Chart {
  const edge = { color: '--series-1', width: 1, dashed: true };
  return {
    lines: [
      { label: 'minimum', ...edge },
      { label: 'mean', color: '--series-2', width: 2 },
      { label: 'maximum', ...edge },
    ],
    data: channelColumns(stats, probe, channel),
  };
}
