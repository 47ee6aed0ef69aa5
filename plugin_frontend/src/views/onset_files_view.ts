import { css, html } from 'lit';
import type { AppState } from '../app_state';
import { filmCaptures } from '../derive/film';
import { onsetsIn, type Onset } from '../derive/onset';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { whyNoMaps } from '../derive/readiness';
import { download } from '../files/download';
import { paneFileName } from '../files/names';
import { onsetFigure, onsetFilm } from '../files/onset_figure';
import { isExpected } from '../model/failures';
import { valueOf } from '../model/loadable';
import type { ColormapName } from '../render/colormap';
import { Connected } from './connected';
import './figure_row_view';
import { common } from './theme';

type Selected = [Pane | null, readonly Onset[] | string, ColormapName];

/** When did it learn the probe? The channels that are selective for it, by their onset. */
export class OnsetFilesView extends Connected<Selected> {
  static override properties = { made: { state: true } };
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 8px;
        margin-bottom: 8px;
        max-width: 320px;
      }
      p {
        margin: 0;
        font-size: 12px;
        line-height: 16px;
      }
    `,
  ];
  /** How many frames of the film are made; null while none is being made. */
  declare made: number | null;

  constructor() {
    super();
    this.made = null;
  }

  protected override select(app: AppState): Selected {
    const { listing, selection, library, look } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    return [pane, pane ? onsetsIn(pane) : '', look.value.colormap];
  }

  protected override view(pane: Pane | null, onsets: readonly Onset[] | string) {
    if (!pane) return html``;
    if (typeof onsets === 'string') {
      return html`<p class="muted" data-testid="no-onsets">
        No film of channels by onset: ${onsets}
      </p>`;
    }
    const frames = this.captures(pane).length;
    const { made } = this;
    return html`<fm-figure-row
        .name=${'Channels by onset'}
        .kind=${'onset'}
        .why=${whyNoMaps({ first: { pane }, second: null }, false)}
        .make=${() => this.figure()}
        .fileName=${(size: string, extension: string) =>
          paneFileName(pane, `by_onset${size}`, extension)}
      ></fm-figure-row>
      <button
        data-testid="onset-film"
        title="When did it learn this probe? The ${onsets.length} channels that are selective for it, over the steps, as an animated PNG"
        ?disabled=${made !== null || frames < 2}
        @click=${() => void this.saveFilm()}
      >
        ${made === null ? 'Film by onset' : `Frame ${made} of ${frames} …`}
      </button>`;
  }

  private figure() {
    const [pane, onsets, colors] = this.selected;
    const picture = valueOf(pane?.picture);
    if (!pane?.capture || !picture || typeof onsets === 'string') return null;
    return onsetFigure({ pane, onsets, colors }, picture, pane.capture.step);
  }

  private captures({ captures, probe }: Pane) {
    return filmCaptures(valueOf(captures)?.items ?? [], probe);
  }

  private async saveFilm(): Promise<void> {
    const [pane, onsets, colors] = this.selected;
    if (!pane || typeof onsets === 'string') return;
    const { signal } = new AbortController();
    const captures = new Map(this.captures(pane).map((capture) => [capture.step, capture]));
    const pictureAt = (step: number) =>
      this.app.source.picture(captures.get(step)!.pictures[pane.probe]!, signal);
    this.made = 0;
    try {
      const content = { pane, onsets, colors };
      const file = await onsetFilm(content, [...captures.keys()], pictureAt, (made) => {
        this.made = made;
      });
      download(paneFileName(pane, 'by_onset_film', 'png'), file);
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.app.live.settled(error);
    } finally {
      this.made = null;
    }
  }
}
customElements.define('fm-onset-files', OnsetFilesView);
