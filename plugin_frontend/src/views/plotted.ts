import { unsafeCSS } from 'lit';
import plotStyle from 'uplot/dist/uPlot.min.css?inline';
import { Connected } from './connected';
import type { Chart } from './step_chart';
import { StepPlot } from './step_plot';

export const plotStyles = unsafeCSS(plotStyle);

/** A view with one chart over the steps, in its element of class `plot`. */
export abstract class Plotted<Selected extends readonly unknown[]> extends Connected<Selected> {
  protected plot: StepPlot | null = null;
  private readonly theme = new MutationObserver(() => this.plot?.redraw());

  /** The chart to draw, the same object as long as it is the same; null for none. */
  protected abstract chart(): Chart | null;
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

  protected override updated(): void {
    const target = this.renderRoot.querySelector<HTMLElement>('.plot');
    const chart = this.chart();
    if (!target || !chart) {
      this.drop();
      return;
    }
    if (this.plot?.target !== target) this.drop();
    this.plot ??= new StepPlot(
      target,
      (step) => this.actions.chooseStep(step),
      (zoomed) => this.zoomChanged(zoomed),
    );
    this.plot.show(chart, this.app.timeline?.cursor ?? null);
  }

  private drop(): void {
    this.plot?.destroy();
    this.plot = null;
  }
}
