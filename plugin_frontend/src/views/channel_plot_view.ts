import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { channelColumns, probeMeans } from '../derive/channel_curves';
import { formatStep, formatValue } from '../derive/format';
import { memoised } from '../derive/memo';
import { statisticsOfPane } from '../derive/order';
import type { Pane } from '../derive/panes';
import { SELECTIVE, selectiveSince, selectivityOf } from '../derive/selectivity';
import { sidePane } from '../derive/side';
import { channelOf } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Statistics } from '../model/statistics';
import { Plotted, plotStyles } from './plotted';
import type { Chart } from './step_chart';
import { common } from './theme';

/** How the lines of the other probes are told apart; more of them are drawn alike. */
const OTHERS = ['--series-2', '--series-3', '--series-4', '--series-5'];

type Selected = [Pane | null, Statistics | null, number | null, number | null];

/** The chosen channel over the steps: its range for the probe, and its means for all probes. */
export class ChannelPlotView extends Plotted<Selected> {
  static override styles = [
    common,
    plotStyles,
    css`
      .plot {
        height: 144px;
        cursor: crosshair;
      }
      p {
        margin: 0 0 4px;
        font-size: 12px;
        line-height: 16px;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
      }
      i {
        display: inline-block;
        width: 14px;
        margin-right: 4px;
        border-top: 2px solid;
        vertical-align: 3px;
      }
      i.edge {
        border-top: 1px dashed;
      }
    `,
  ];
  private readonly chartOf = memoised(makeChart, 1);

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const channel = channelOf(app.selection.value.channel);
    const pane = listing ? sidePane(listing, app.selection.value, library) : null;
    const items = valueOf(pane?.statistics)?.items ?? null;
    return [pane, items, channel, app.timeline?.cursor ?? null];
  }

  protected override view(
    pane: Pane | null,
    statistics: Statistics | null,
    channel: number | null,
  ) {
    if (!pane || !statistics || channel === null) {
      return html`<p class="muted">No statistics of this layer are known.</p>`;
    }
    if (!hasValues(pane, statistics, channel)) {
      return html`<p class="muted" data-testid="no-channel-plot">
        There is nothing to plot: the channel has no finite value at any step.
      </p>`;
    }
    return html`<div
        class="plot"
        data-testid="channel-plot"
        role="img"
        aria-label="The channel over the steps: its minimum, mean and maximum for the probe, and its means for the other probes"
      ></div>
      <p class="keys muted">
        ${probesOf(pane, statistics).map(
          ({ label, color }) =>
            html`<span><i style="border-color:var(${color})"></i>${label}</span>`,
        )}
        <span><i class="edge"></i>minimum, maximum</span>
      </p>
      ${selectivity(pane, statistics, channel)}`;
  }

  protected override chart(): Chart | null {
    const [pane, statistics, channel] = this.selected;
    return pane && statistics && channel !== null
      ? this.chartOf(statistics, pane.run.probes?.labels, pane.probe, channel)
      : null;
  }
}
customElements.define('fm-channel-plot', ChannelPlotView);

/** Whether there is anything to draw: of any probe, since all of them are in the plot. */
function hasValues(pane: Pane, statistics: Statistics, channel: number): boolean {
  return probesOf(pane, statistics).some(({ probe }) =>
    channelColumns(statistics, probe, channel)[2]!.some((mean) => mean !== null),
  );
}

interface ProbeLine {
  readonly probe: number;
  readonly label: string;
  readonly color: string;
}

/** The lines' names and colours, the chosen probe's first. */
function probeLines(
  labels: readonly string[] | undefined,
  probes: number,
  chosen: number,
): readonly ProbeLine[] {
  const order = [chosen, ...Array.from({ length: probes }, (_, probe) => probe)];
  return [...new Set(order)].map((probe, place) => ({
    probe,
    label: labels?.[probe] ?? `probe ${probe}`,
    color: place === 0 ? '--series-1' : (OTHERS[place - 1] ?? '--muted'),
  }));
}

function probesOf({ run, probe }: Pane, statistics: Statistics): readonly ProbeLine[] {
  return probeLines(run.probes?.labels, statistics.at(-1)?.probes ?? 0, probe);
}

function makeChart(
  statistics: Statistics,
  labels: readonly string[] | undefined,
  chosen: number,
  channel: number,
): Chart {
  const probes = statistics.at(-1)?.probes ?? 0;
  const means = probeMeans(statistics, probes, channel);
  const [steps = [], low = [], , high = []] = channelColumns(statistics, chosen, channel);
  const lines = probeLines(labels, probes, chosen);
  const edge = { color: '--series-1', width: 1, dash: [4, 4] };
  const since = selectiveSince(statistics, chosen, channel);
  return {
    lines: [
      { label: 'minimum', ...edge },
      { label: 'maximum', ...edge },
      ...lines.map(({ label, color }, place) => ({
        label,
        color,
        width: place === 0 ? 2.5 : 1.25,
      })),
    ],
    data: [steps, low, high, ...lines.map(({ probe }) => means[probe] ?? [])],
    marks: since === null ? [] : [since],
  };
}

/** How selective the channel is now, and since when it is so to stay. */
function selectivity(pane: Pane, statistics: Statistics, channel: number) {
  const now = selectivityOf(statisticsOfPane(pane), pane.probe, channel);
  if (now === null) return nothing;
  const label = pane.run.probes?.labels[pane.probe] ?? `probe ${pane.probe}`;
  const since = selectiveSince(statistics, pane.probe, channel);
  const rule = `From this step on the mean for this probe lies at least ${SELECTIVE} deviations above
    the values of the other probes at every capture, up to the newest`;
  return html`<p data-testid="selective" title=${rule}>
    <bdi>${label}</bdi>: ${formatValue(now)} deviations from the other probes;
    ${
      since === null
        ? `not selective (≥ ${SELECTIVE}) at the newest step`
        : `selective (≥ ${SELECTIVE}) since step ${formatStep(since)}`
    }
  </p>`;
}
