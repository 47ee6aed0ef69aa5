import { LitElement, css, html } from 'lit';
import { colormap } from '../render/colormap';
import { filmRange, paintFrame, type Frame } from '../render/film';
import type { Controller } from '../store/controller';
import type { State } from '../store/state';
import { download } from './download';
import { animateFilm } from './pictures';
import { common } from './theme';

/** The chosen channel at every step, in colours that are fixed over the steps. */
export class FilmView extends LitElement {
  static override properties = { state: {}, controller: {} };
  static override styles = [
    common,
    css`
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        margin: 12px 0 4px;
      }
      .strip {
        display: flex;
        gap: 4px;
        overflow-x: auto;
        padding: 2px 2px 8px;
      }
      .strip button {
        flex: none;
        height: auto;
        padding: 2px;
        display: grid;
        justify-items: center;
        font-size: 11px;
        line-height: 16px;
      }
      .strip button[aria-current='true'] {
        border-color: var(--accent);
        background: var(--accent-soft);
        color: var(--accent-text);
      }
      canvas {
        width: 56px;
        height: 56px;
        object-fit: contain;
        image-rendering: pixelated;
      }
    `,
  ];
  declare state: State;
  declare controller: Controller;
  private drawn: readonly unknown[] = [];

  override render() {
    const { film, step } = this.state;
    const frames = film?.frames ?? [];
    return html`<header>
        <h2>Over the steps</h2>
        <button
          data-testid="download-film"
          title="Save as an animated PNG"
          ?disabled=${!film?.complete || frames.length < 2}
          @click=${() => void this.save(frames)}
        >
          Animation
        </button>
      </header>
      <div class="strip" data-testid="film-strip" role="group" aria-label="The channel by step">
        ${frames.map(
          (frame) =>
            html`<button
              aria-current=${frame.step === step}
              aria-label="Step ${frame.step}"
              @click=${() => this.controller.chooseStep(frame.step)}
            >
              <canvas width=${frame.width} height=${frame.height}></canvas>${frame.step}
            </button>`,
        )}
      </div>`;
  }

  override updated(): void {
    const frames = this.state.film?.frames ?? [];
    const key = [frames, this.state.colormap];
    if (key.every((one, i) => one === this.drawn[i])) {
      this.showCurrent();
      return;
    }
    this.drawn = key;
    const range = filmRange(frames);
    const colors = colormap(this.state.colormap);
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, index) => {
      const frame = frames[index];
      if (frame) canvas.getContext('2d')!.putImageData(paintFrame(frame, colors, range), 0, 0);
    });
    this.showCurrent();
  }

  private showCurrent(): void {
    const strip = this.renderRoot.querySelector<HTMLElement>('.strip');
    const current = strip?.querySelector<HTMLElement>('[aria-current="true"]');
    if (!strip || !current) return;
    const left = current.offsetLeft - strip.offsetLeft;
    const outside = left < strip.scrollLeft || left > strip.scrollLeft + strip.clientWidth - 64;
    if (outside) strip.scrollLeft = left - strip.clientWidth / 2;
  }

  private async save(frames: readonly Frame[]): Promise<void> {
    const name = `${this.state.layer}_channel${this.state.channel}_steps.png`;
    download(name, await animateFilm(frames, colormap(this.state.colormap)));
  }
}
customElements.define('fm-film', FilmView);
