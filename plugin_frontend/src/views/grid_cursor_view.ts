import { css, html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { formatSigned, formatStep } from '../derive/format';
import { importanceOf } from '../derive/importance';
import { leftToRight, paneOf, panesOf, type Pane, type Panes } from '../derive/panes';
import { NOT_FINITE, readDifference, readSummary, readValue } from '../derive/reading';
import { selectiveSince } from '../derive/selectivity';
import { channelOf } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import { cellRect, type GridLayout } from '../render/grid';
import type { Pointed } from '../state/pointer';
import { Connected } from './connected';
import { common } from './theme';

const TIP_WIDTH = 280;
const TIP_HEIGHT = 52;

/** The frames of the chosen and the pointed channel over a grid, and the values under the pointer. */
export class GridCursorView extends Connected<[Pointed | null, number | null, Panes | null]> {
  static override properties = { pane: {}, layout: {}, order: {} };
  static override styles = [
    common,
    css`
      :host {
        position: absolute;
        inset: 0;
        pointer-events: none;
      }
      /* In layers of their own, which move only when the pointer is on another channel: the
         browser puts its layers together anew at each move. */
      .frame,
      .tip {
        left: 0;
        top: 0;
        will-change: transform;
      }
      .frame {
        position: absolute;
        outline: 2px solid var(--cursor);
        border-radius: 1px;
      }
      .tip {
        position: fixed;
        z-index: 2;
        padding: 6px 10px;
        border-radius: 6px;
        background: var(--raised);
        border: 1px solid var(--line);
        box-shadow: var(--shadow);
        font-size: 12px;
        line-height: 18px;
        white-space: nowrap;
      }
    `,
  ];
  declare pane: Pane;
  declare layout: GridLayout;
  declare order: readonly number[];

  protected override listen(app: AppState): () => void {
    const ends = [super.listen(app), app.pointer.subscribe(() => this.check())];
    return () => {
      for (const end of ends) end();
    };
  }

  protected override select(app: AppState): [Pointed | null, number | null, Panes | null] {
    const { listing, selection, library, pointer } = app;
    const panes = listing ? panesOf(listing, selection.value, library) : null;
    return [pointer.value, channelOf(selection.value.channel), panes];
  }

  protected override view(pointed: Pointed | null, channel: number | null, panes: Panes | null) {
    return html`${this.frame(channel)}${this.frame(pointed?.channel ?? null)}${
      pointed?.pane === this.pane.index ? this.tip(pointed, panes) : nothing
    }`;
  }

  private frame(channel: number | null) {
    const cell = channel === null ? -1 : this.order.indexOf(channel);
    if (cell < 0) return nothing;
    const { left, top, width, height } = cellRect(this.layout, cell);
    return html`<div
      class="frame"
      style="transform:translate(${left}px,${top}px);width:${width}px;height:${height}px"
    ></div>`;
  }

  /** Since when the channel is selective for the probe; nothing where it is not. */
  private onset(channel: number): string {
    const statistics = valueOf(this.pane.statistics)?.items;
    const since = statistics ? selectiveSince(statistics, this.pane.probe, channel) : null;
    return since === null ? '' : ` · selective since step ${formatStep(since)}`;
  }

  /** How much the channel matters, where the channels stand in that order. */
  private importance(channel: number) {
    const { sort, sortTerm } = this.app.look.value;
    if (sort !== 'importance' || this.pane.index !== 0) return nothing;
    const importance = importanceOf(this.pane, sortTerm);
    if (typeof importance === 'string') return nothing;
    const value = formatSigned(importance.values[channel]);
    return html`<br /><span>activation × gradient of ${importance.term} ${value}</span>`;
  }

  private tip(pointed: Pointed, panes: Panes | null) {
    const left = Math.max(0, Math.min(pointed.left, window.innerWidth - TIP_WIDTH));
    const top = Math.max(0, Math.min(pointed.bottom + 6, window.innerHeight - TIP_HEIGHT));
    const both = panes ? leftToRight(panes).map(paneOf) : [];
    const shown = both.filter((pane) => pane !== null);
    const [from, to] = shown;
    const difference = from && to ? readDifference(from, to, pointed) : null;
    // Differences have no statistics of their own that would tell.
    const isUnknown = difference === NOT_FINITE && this.pane.statistics === null;
    const summary = isUnknown ? '' : readSummary(this.pane, pointed.channel);
    const values = shown.map((pane) => readValue(pane, pointed)).join(' | ');
    return html`<div
      class="tip"
      style="transform:translate(${left}px,${top}px)"
      data-testid="grid-tip"
    >
      <strong>channel ${pointed.channel}</strong> · value ${values}<br />
      ${difference === null ? nothing : html`<span>difference ${difference}</span><br />`}
      <span class="muted">${summary}${this.onset(pointed.channel)}</span
      >${this.importance(pointed.channel)}
    </div>`;
  }
}
customElements.define('fm-grid-cursor', GridCursorView);
