import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { differencePane, shownDifference } from '../derive/difference';
import { formatValue } from '../derive/format';
import { isWithoutValues, mapOfLayer, rangesOfMap } from '../derive/aggregates';
import { valuelessChannels } from '../derive/not_finite';
import { statisticsOfPane } from '../derive/order';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import type { RangeOf } from '../derive/ranges';
import { aggregateLabel, channelOf, isAggregate, type MapId } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import { gradient } from '../render/colormap';
import { layerRange } from '../render/levels';
import type { Look } from '../state/look';
import { Connected } from './connected';
import { common } from './theme';

/** Which values the colours stand for. */
export class LegendView extends Connected<
  [Pane | null, RangeOf | null, Look, MapId | null, boolean]
> {
  static override styles = [
    common,
    css`
      :host {
        min-width: 0;
        container-type: inline-size;
      }
      @container (width < 180px) {
        .subject {
          display: none;
        }
      }
      div {
        display: flex;
        align-items: center;
        gap: 6px;
        white-space: nowrap;
        color: var(--muted);
        font-size: 12px;
      }
      .bar {
        flex: 1;
        min-width: 24px;
        height: 10px;
        border-radius: 5px;
        border: 1px solid var(--line);
      }
    `,
  ];

  protected override listen(app: AppState): () => void {
    const ends = [super.listen(app), app.pointer.subscribe(() => this.check())];
    return () => {
      for (const end of ends) end();
    };
  }

  protected override select(
    app: AppState,
  ): [Pane | null, RangeOf | null, Look, MapId | null, boolean] {
    const { listing, library } = app;
    const [selection, look] = [app.selection.value, app.look.value];
    if (!listing) return [null, null, look, null, false];
    const panes = panesOf(listing, selection, library);
    const first = paneOf(panes.first);
    const wanted = app.pointer.value?.channel ?? selection.channel;
    const map = first && mapOfLayer(first.layer, wanted);
    const difference = shownDifference(panes, look);
    if (difference)
      return [differencePane(difference), difference.ranges, look, channelOf(map), true];
    return [first, rangesOfMap(panes, look, map ?? 0), look, map, false];
  }

  protected override view(
    pane: Pane | null,
    ranges: RangeOf | null,
    { scaling, colormap: chosen, clip }: Look,
    map: MapId | null,
    isDifference: boolean,
  ) {
    const picture = valueOf(pane?.picture);
    const colormap = isDifference ? 'diverging' : chosen;
    if (!picture || !ranges) return nothing;
    // Where channels have scales of their own, the legend is of the one under the pointer.
    const ofAll = isAggregate(map);
    const own = scaling === 'layer' || ofAll ? 0 : map;
    const known = own !== null && own < picture.scale.channels;
    const range = known ? ranges(own) : null;
    const at = statisticsOfPane(pane!);
    const whole = layerRange(picture.scale, at ? valuelessChannels(at, pane!.probe) : []);
    const [low, high] = colormap === 'diverging' ? ['−max', 'max'] : ['min', 'max'];
    const channel = ofAll ? aggregateLabel(map) : known ? `channel ${own}` : 'each channel';
    const isEmpty = scaling !== 'layer' && known && map !== null && isWithoutValues(pane!, map);
    const subject = scaling === 'layer' ? 'layer' : channel;
    const within = `${formatValue(whole.low)} … ${formatValue(whole.high)}`;
    const cut =
      clip && scaling !== 'steps'
        ? `; the colours leave out up to ${100 * clip} % at either end`
        : '';
    return html`<div
      data-testid="legend"
      title="${isDifference ? 'Differences' : 'Values'} of this picture lie within ${within}${cut}"
    >
      <span class="subject">${subject}:</span>
      ${
        isEmpty
          ? html`<span>no finite value</span>`
          : html`<span>${range ? formatValue(range.low) : low}</span>
              <div class="bar" style="background:${gradient(colormap)}"></div>
              <span>${range ? formatValue(range.high) : high}</span>`
      }
    </div>`;
  }
}
customElements.define('fm-legend', LegendView);
