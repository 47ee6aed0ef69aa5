import { LitElement, css, html, nothing } from 'lit';
import { download } from '../files/download';
import { layoutFigure, type Figure } from '../files/figure';
import { drawFigure, fitsScale, textWidth } from '../files/figure_png';
import { figureSvg } from '../files/figure_svg';
import { common } from './theme';

const SCALES = [1, 2, 4] as const;

/** A figure to take away: as PNG of some sizes, or SVG. */
export class FigureRowView extends LitElement {
  static override properties = {
    ...{ name: {}, kind: {}, why: {}, make: {}, fileName: {} },
    problem: { state: true },
  };
  static override styles = [
    common,
    css`
      div {
        display: flex;
        align-items: center;
        gap: 4px;
      }
      span {
        flex: 1;
        white-space: nowrap;
        margin-right: 12px;
      }
      p {
        margin: 4px 0 0;
        max-width: 280px;
        color: var(--bad);
      }
    `,
  ];
  declare name: string;
  /** What tests know it by. */
  declare kind: string;
  /** Why it can't be saved; null when it can. */
  declare why: string | null;
  /** Makes it as it is now; null where it can't be. */
  declare make: () => Figure | null;
  /** @param size what tells this size's file from others; empty for the smallest. */
  declare fileName: (size: string, extension: string) => string;
  declare problem: string | undefined;

  override render() {
    return html`<div role="group" aria-label="Figure: ${this.name}">
        <span>${this.name}</span>
        ${SCALES.map((scale) =>
          this.button(`×${scale}`, `PNG, ${scale} times`, () => void this.savePng(scale)),
        )}
        ${this.button('SVG', 'SVG', () => void this.saveSvg())}
      </div>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}`;
  }

  private button(text: string, tip: string, save: () => void) {
    return html`<button
      title=${this.why ?? `Figure with caption, ${tip}`}
      data-testid="figure-${this.kind}-${text}"
      ?disabled=${this.why !== null}
      @click=${save}
    >
      ${text}
    </button>`;
  }

  private sayNothing(): void {
    this.problem = 'There is nothing to draw.';
  }

  private async savePng(scale: number): Promise<void> {
    const figure = this.make();
    if (!figure) {
      this.sayNothing();
      return;
    }
    const fits = fitsScale(layoutFigure(figure, textWidth), scale);
    this.problem = fits ? undefined : `Too large for a browser at ×${scale}. Choose a smaller one.`;
    if (!fits) return;
    const times = scale === 1 ? '' : `_x${scale}`;
    download(this.fileName(times, 'png'), await drawFigure(figure, scale).convertToBlob());
  }

  private async saveSvg(): Promise<void> {
    const figure = this.make();
    if (!figure) {
      this.sayNothing();
      return;
    }
    this.problem = undefined;
    const file = new Blob([await figureSvg(figure)], { type: 'image/svg+xml' });
    download(this.fileName('', 'svg'), file);
  }
}
customElements.define('fm-figure-row', FigureRowView);
