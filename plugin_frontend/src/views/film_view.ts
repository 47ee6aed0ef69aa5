import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import { mapCaption, mapFileName } from '../derive/aggregates';
import { filmOf, type Film } from '../derive/film';
import { formatStep } from '../derive/format';
import { symmetricRange } from '../derive/ranges';
import type { Pane } from '../derive/panes';
import { sidePane } from '../derive/side';
import { download } from '../files/download';
import { animateFilm } from '../files/film';
import { captionOf } from '../files/maps_captions';
import { paneFileName } from '../files/names';
import type { MapId } from '../model/aggregate';
import { problemOf, valueOf } from '../model/loadable';
import { colormap, type ColormapName } from '../render/colormap';
import { paintFrame } from '../render/frame';
import { Connected } from './connected';
import { filmStyles } from './film_styles';
import { common } from './theme';

type Selected = [Film | null, Pane | null, MapId | null, ColormapName];

/** The map that is open at every step, in colours that are fixed over the steps. */
export class FilmView extends Connected<Selected> {
  static override styles = [common, filmStyles];
  private drawn: { film: Film; colors: ColormapName } | null = null;

  protected override select(app: AppState): Selected {
    const { listing, library } = app;
    const { channel } = app.selection.value;
    const pane = listing ? sidePane(listing, app.selection.value, library) : null;
    const film = pane && channel !== null ? filmOf(library, pane, channel) : null;
    return [film, pane, channel, app.look.value.colormap];
  }

  protected override view(film: Film | null, pane: Pane | null) {
    const current = pane?.capture?.step ?? null;
    return html`<header>
        <h2>Over the steps</h2>
        <button
          data-testid="download-film"
          title="Save as an animated PNG"
          ?disabled=${!film?.complete || film.frames.length < 2}
          @click=${() => void this.save()}
        >
          Animation
        </button>
      </header>
      <div class="strip" data-testid="film-strip" role="group" aria-label="The channel by step">
        ${film?.steps.map((step, index) => this.frame(film, index, step === current)) ?? nothing}
      </div>
      ${
        film && film.frames.length < film.captures
          ? html`<p class="muted">${film.frames.length} of ${film.captures} captures</p>`
          : nothing
      }`;
  }

  private frame(film: Film, index: number, current: boolean) {
    const [step, loadable] = [film.steps[index]!, film.frames[index]];
    const frame = valueOf(loadable);
    const problem = problemOf(loadable);
    return html`<button
      aria-current=${current}
      aria-label="Step ${step}"
      title=${problem ?? nothing}
      @click=${() => this.actions.chooseStep(step)}
    >
      ${
        frame
          ? html`<canvas width=${frame.width} height=${frame.height}></canvas>`
          : html`<span class="place">${problem === null ? '' : '⚠'}</span>`
      }${formatStep(step)}
    </button>`;
  }

  protected override updated(): void {
    const [film, , , colors] = this.selected;
    if (film && (film !== this.drawn?.film || colors !== this.drawn.colors)) {
      this.drawn = { film, colors };
      this.draw(film, colors);
    }
    this.showCurrent();
  }

  private draw(film: Film, colors: ColormapName): void {
    const range = colorRange(film, colors);
    const table = colormap(colors);
    const buttons = [...this.renderRoot.querySelectorAll('.strip button')];
    film.frames.forEach((loadable, index) => {
      const frame = valueOf(loadable);
      const canvas = buttons[index]?.querySelector('canvas');
      if (frame) canvas?.getContext('2d')!.putImageData(paintFrame(frame, table, range), 0, 0);
    });
  }

  private showCurrent(): void {
    const strip = this.renderRoot.querySelector<HTMLElement>('.strip');
    const current = strip?.querySelector<HTMLElement>('[aria-current="true"]');
    if (!strip || !current) return;
    const left = current.offsetLeft - strip.offsetLeft;
    const outside = left < strip.scrollLeft || left > strip.scrollLeft + strip.clientWidth - 64;
    if (outside) strip.scrollLeft = left - strip.clientWidth / 2;
  }

  private async save(): Promise<void> {
    const [film, pane, channel, colors] = this.selected;
    if (!film || !pane || channel === null) return;
    const frames = film.frames
      .map((frame) => valueOf(frame))
      .filter((frame) => frame !== undefined);
    const range = colorRange(film, colors);
    const subject = mapCaption(pane, channel);
    const file = await animateFilm(frames, colormap(colors), range, (step) =>
      captionOf(pane, subject, step),
    );
    download(paneFileName(pane, `${mapFileName(channel)}_film`, 'png'), file);
  }
}
customElements.define('fm-film', FilmView);

function colorRange({ range }: Film, colors: ColormapName) {
  return colors === 'diverging' ? symmetricRange(range) : range;
}
