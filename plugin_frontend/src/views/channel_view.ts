import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import {
  aggregatePane,
  aggregateProblem,
  mapFileName,
  mapTitle,
  shownMap,
} from '../derive/aggregates';
import { formatStep, formatValue } from '../derive/format';
import { statisticsOfPane } from '../derive/order';
import type { Pane } from '../derive/panes';
import { sidePane } from '../derive/side';
import { download } from '../files/download';
import { isAggregate, type MapId } from '../model/aggregate';
import { problemOf, valueOf } from '../model/loadable';
import type { Picture } from '../model/picture';
import { statisticOf, type Column, type StatisticsAt } from '../model/statistics';
import './aggregate_facts_view';
import './channel_map_view';
import './channel_plot_view';
import { Connected } from './connected';
import { factStyles } from './fact_styles';
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

type Selected = [Pane | null, MapId | null, boolean, StatisticsAt | undefined];

/** One channel of the pane beside it, or the map over all, large, with its statistics and its way over the steps. */
export class ChannelView extends Connected<Selected> {
  static override styles = [
    common,
    factStyles,
    css`
      section {
        padding: 16px;
        border-bottom: 1px solid var(--line);
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      .tools {
        flex: none;
      }
      .body {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 8px 16px;
      }
      .bad {
        margin: 8px 0 0;
        font-size: 12px;
        line-height: 16px;
        color: var(--bad);
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
  private isOpen = false;

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const { channel } = app.selection.value;
    const wanted = listing ? sidePane(listing, app.selection.value, library) : null;
    const pane = channel === null ? null : this.shown.of(wanted);
    return [pane, channel, app.look.value.overlay, pane ? statisticsOfPane(pane) : undefined];
  }

  protected override view(
    pane: Pane | null,
    map: MapId | null,
    overlay: boolean,
    statistics: StatisticsAt | undefined,
  ) {
    const picture = valueOf(pane?.picture);
    if (!pane || !picture || map === null) return nothing;
    const problem = problemWith(pane, picture, map);
    if (problem !== null) return this.missing(map, problem);
    const shown = shownMap(pane, map);
    return html`<section data-testid="channel-detail">
      ${this.header(map, overlay)}
      <p class="of muted" data-testid="channel-of">
        step ${pane.capture ? formatStep(pane.capture.step) : '–'} · <bdi>${pane.run.name}</bdi>
      </p>
      <div class="body">
        <fm-channel-map .pane=${shown.pane} .channel=${shown.channel} .map=${map}></fm-channel-map>
        ${
          isAggregate(map)
            ? html`<fm-aggregate-facts .pane=${pane} .kind=${map}></fm-aggregate-facts>`
            : facts(statistics, pane.probe, map)
        }
      </div>
      ${isAggregate(map) ? nothing : notFiniteNote(statistics, pane.probe, map)}
      <fm-film></fm-film>
      ${isAggregate(map) ? nothing : html`<fm-channel-plot></fm-channel-plot>`}
    </section>`;
  }

  /** What was opened is seen at once, wherever the panel was scrolled to. */
  protected override updated(): void {
    const isOpen = this.renderRoot.querySelector('section') !== null;
    if (isOpen && !this.isOpen) this.parentElement?.scrollTo({ top: 0 });
    this.isOpen = isOpen;
  }

  private header(map: MapId, overlay: boolean) {
    return html`<header>
      <h2>${mapTitle(map)}</h2>
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

  private missing(map: MapId, problem: string) {
    return html`<section role="alert" data-testid="channel-missing">
      <header>
        <h2>${mapTitle(map)}</h2>
        ${this.close()}
      </header>
      ${problem}
    </section>`;
  }

  private save(): void {
    const element = this.renderRoot.querySelector('fm-channel-map');
    const canvas = element?.shadowRoot?.querySelector('canvas');
    const [pane, map] = this.selected;
    if (!pane?.capture || map === null) return;
    const name = `${pane.layer.tag}_${mapFileName(map)}_step${pane.capture.step}.png`;
    canvas?.toBlob((blob) => blob && download(name, blob));
  }
}
customElements.define('fm-channel', ChannelView);

/** Why a map can't be shown; null where it can. */
function problemWith(pane: Pane, { scale }: Picture, map: MapId): string | null {
  if (isAggregate(map)) {
    return aggregateProblem(pane.layer) ?? problemOf(aggregatePane(pane, map).picture);
  }
  if (map < scale.channels) return null;
  return `There is no channel ${map} in this layer: it has ${scale.channels}, counted from 0.`;
}

/** What the colours can't show. */
function notFiniteNote(statistics: StatisticsAt | undefined, probe: number, channel: number) {
  const share = statisticOf(statistics, probe, channel, 'nonfinite') ?? 0;
  if (!(share > 0)) return nothing;
  const colors = 'NaN and −Inf have the colour of the smallest value, +Inf that of the greatest.';
  return html`<p class="bad" data-testid="channel-not-finite">
    ${share < 1 ? `Not all values are finite: ${colors}` : `No value is finite: ${colors}`}
  </p>`;
}

function facts(statistics: StatisticsAt | undefined, probe: number, channel: number) {
  return html`<dl>
    ${ROWS.map(
      ([column, name]) =>
        html`<dt>${name}</dt>
          <dd>${shownStatistic(statistics, probe, channel, column)}</dd>`,
    )}
  </dl>`;
}

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
