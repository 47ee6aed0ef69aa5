import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatStep, formatValue } from '../derive/format';
import { statisticsOfPane } from '../derive/order';
import type { Pane } from '../derive/panes';
import { sidePane } from '../derive/side';
import { download } from '../files/download';
import { valueOf } from '../model/loadable';
import { statisticOf, type Column, type StatisticsAt } from '../model/statistics';
import './channel_map_view';
import './channel_plot_view';
import { Connected } from './connected';
import './film_view';
import { LastShown } from './last_shown';
import { common } from './theme';

const ROWS: readonly (readonly [Column, string])[] = [
  ['min', 'Minimum'],
  ['max', 'Maximum'],
  ['mean', 'Mean'],
  ['std', 'Deviation'],
  ['zeros', 'Zeros'],
  ['nonfinite', 'Not finite'],
];

/** One channel of the pane beside it, large, with its statistics and its way over the steps. */
export class ChannelView extends Connected<
  [Pane | null, number | null, boolean, StatisticsAt | undefined]
> {
  static override styles = [
    common,
    css`
      section {
        padding: 16px;
        border-top: 1px solid var(--line);
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      .body {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 8px 16px;
      }
      dl {
        display: grid;
        grid-template-columns: auto auto;
        gap: 2px 16px;
        margin: 0;
        align-content: start;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        text-align: right;
      }
      .of {
        margin: 0 0 8px;
        font-size: 12px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];
  private readonly shown = new LastShown();

  protected override select(
    app: AppState,
  ): [Pane | null, number | null, boolean, StatisticsAt | undefined] {
    const { listing, library } = app;
    const { channel } = app.selection.value;
    const wanted = listing ? sidePane(listing, app.selection.value, library) : null;
    const pane = channel === null ? null : this.shown.of(wanted);
    return [pane, channel, app.look.value.overlay, pane ? statisticsOfPane(pane) : undefined];
  }

  protected override view(
    pane: Pane | null,
    channel: number | null,
    overlay: boolean,
    statistics: StatisticsAt | undefined,
  ) {
    const picture = valueOf(pane?.picture);
    if (!pane || !picture || channel === null) return nothing;
    const { channels } = picture.scale;
    if (channel >= channels) return this.missing(channel, channels);
    return html`<section data-testid="channel-detail">
      ${this.header(channel, overlay)}
      <p class="of muted" data-testid="channel-of">
        step ${pane.capture ? formatStep(pane.capture.step) : '–'} · <bdi>${pane.run.name}</bdi>
      </p>
      <div class="body">
        <fm-channel-map .pane=${pane} .channel=${channel}></fm-channel-map>
        <dl>
          ${ROWS.map(
            ([column, name]) =>
              html`<dt>${name}</dt>
                <dd>${shownStatistic(statistics, pane.probe, channel, column)}</dd>`,
          )}
        </dl>
      </div>
      <fm-film></fm-film>
      <fm-channel-plot></fm-channel-plot>
    </section>`;
  }

  private header(channel: number, overlay: boolean) {
    return html`<header>
      <h2>Channel ${channel}</h2>
      <span class="tools">
        <button
          aria-pressed=${overlay}
          data-testid="overlay"
          title="Lay the map over the probe"
          @click=${() => this.actions.show({ overlay: !overlay })}
        >
          Overlay
        </button>
        <button data-testid="download-channel" title="Save as PNG" @click=${this.save}>PNG</button>
        ${this.close()}
      </span>
    </header>`;
  }

  private close() {
    return html`<button
      @click=${() => this.actions.chooseChannel(null)}
      aria-label="Close the channel"
    >
      ✕
    </button>`;
  }

  private missing(channel: number, channels: number) {
    return html`<section role="alert" data-testid="channel-missing">
      <header>
        <h2>Channel ${channel}</h2>
        ${this.close()}
      </header>
      There is no channel ${channel} in this layer: it has ${channels}, counted from 0.
    </section>`;
  }

  private save(): void {
    const map = this.renderRoot.querySelector('fm-channel-map');
    const canvas = map?.shadowRoot?.querySelector('canvas');
    const [pane, channel] = this.selected;
    if (!pane?.capture || channel === null) return;
    const name = `${pane.layer.tag}_channel${channel}_step${pane.capture.step}.png`;
    canvas?.toBlob((blob) => blob && download(name, blob));
  }
}
customElements.define('fm-channel', ChannelView);

function shownStatistic(
  at: StatisticsAt | undefined,
  probe: number,
  channel: number,
  column: Column,
): string {
  const value = statisticOf(at, probe, channel, column);
  const isShare = column === 'zeros' || column === 'nonfinite';
  return isShare && value !== null ? `${(100 * value).toFixed(1)} %` : formatValue(value);
}
