import { LitElement, unsafeCSS } from 'lit';
import plotStyle from 'uplot/dist/uPlot.min.css?inline';
import { StepPlot, type Chart } from './step_plot';

export const plotStyles = unsafeCSS(plotStyle);

/** A view with one chart over the steps, in its element of class `plot`. */
export abstract class PlottedView extends LitElement {
  protected plot: StepPlot | null = null;
  private readonly theme = new MutationObserver(() => this.plot?.redraw());

  /** The chart to draw, the same object as long as it is the same; null for none. */
  protected abstract chart(): Chart | null;
  protected abstract cursor(): number | null;
  protected abstract choose(step: number): void;
  protected zoomChanged: (zoomed: boolean) => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.theme.observe(document.documentElement, { attributeFilter: ['class'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.theme.disconnect();
    this.drop();
  }

  override updated(): void {
    const target = this.renderRoot.querySelector<HTMLElement>('.plot');
    const chart = this.chart();
    if (!target || !chart) {
      this.drop();
      return;
    }
    this.plot ??= new StepPlot(
      target,
      (step) => this.choose(step),
      (zoomed) => this.zoomChanged(zoomed),
    );
    this.plot.show(chart, this.cursor());
  }

  private drop(): void {
    this.plot?.destroy();
    this.plot = null;
  }
}
