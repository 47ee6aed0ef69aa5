import uPlot from 'uplot';
import { nearestIndex } from '../derive/steps';
import './plot_tip_view';
import { PlotTipView } from './plot_tip_view';
import { chartOptions, type Chart } from './step_chart';
import { drawMarks, drawNames } from './step_marks';

const ZOOM = 2;

/** A uPlot chart over the steps, with the step cursor as a line. Zoom outlives new data. */
export class StepPlot {
  private plot: uPlot | null = null;
  private chart: Chart | null = null;
  private step: number | null = null;
  private zoomed: [number, number] | null = null;
  private readonly tip = new PlotTipView();
  /** An element over the canvas, since drawing the curves anew at each step costs too much. */
  private readonly cursor = document.createElement('div');
  private readonly resized: ResizeObserver;

  /**
   * @param choose called with the step of a click.
   * @param zoomChanged called when the zoom began or ended.
   */
  constructor(
    readonly target: HTMLElement,
    private readonly choose: (step: number) => void,
    private readonly zoomChanged: (zoomed: boolean) => void = () => undefined,
  ) {
    this.cursor.style.cssText =
      'position:absolute;top:0;left:-1px;width:2px;height:100%;background:var(--cursor);' +
      'pointer-events:none;will-change:transform';
    this.resized = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.resized.observe(target);
  }

  /** Draws a chart; the same object again only moves the cursor. */
  show(chart: Chart, step: number | null): void {
    this.step = step;
    if (this.chart === chart) {
      if (this.plot) this.placeCursor(this.plot);
      return;
    }
    if (this.chart && this.chart.axis !== chart.axis) this.zoomed = null;
    this.chart = chart;
    this.plot?.destroy();
    this.plot = new uPlot(this.options(chart), chart.data as uPlot.AlignedData, this.target);
    this.plot.over.addEventListener('click', (event) => this.clicked(event));
    this.plot.over.append(this.cursor, this.tip);
  }

  /** Draws anew with the colours of the theme as it is now. */
  redraw(): void {
    const { chart } = this;
    this.chart = null;
    if (chart) this.show(chart, this.step);
  }

  /** Shows half as many steps, around the cursor. */
  zoomIn(): void {
    this.zoomBy(1 / ZOOM);
  }

  zoomOut(): void {
    this.zoomBy(ZOOM);
  }

  showAll(): void {
    const [min, max] = this.limits();
    if (min != null && max != null) this.plot?.setScale('x', { min, max });
  }

  destroy(): void {
    this.resized.disconnect();
    this.plot?.destroy();
  }

  private zoomBy(factor: number): void {
    const { min, max } = this.plot?.scales['x'] ?? {};
    if (min == null || max == null) return;
    const place = this.step === null ? null : this.placeOf(this.step);
    const middle = place !== null && place >= min && place <= max ? place : null;
    const center = middle ?? (min + max) / 2;
    const half = Math.max(1, ((max - min) * factor) / 2);
    const [first = min, last = max] = this.limits();
    const range = { min: Math.max(first, center - half), max: Math.min(last, center + half) };
    this.plot?.setScale('x', range);
  }

  private limits(): [number | undefined, number | undefined] {
    const places = this.chart?.data[0] ?? [];
    return [places[0] ?? undefined, places.at(-1) ?? undefined];
  }

  private scaleChanged(plot: uPlot): void {
    const { min, max } = plot.scales['x']!;
    const [first, last] = this.limits();
    const whole = min == null || max == null || (min <= first! && max >= last!);
    const before = this.zoomed;
    this.zoomed = whole ? null : [min, max];
    if ((before === null) !== (this.zoomed === null)) this.zoomChanged(!whole);
  }

  private clicked(event: MouseEvent): void {
    const left = event.clientX - this.plot!.over.getBoundingClientRect().left;
    this.choose(this.stepOf(this.plot!.posToVal(left, 'x')));
  }

  private pointed(plot: uPlot): void {
    const { left, idx } = plot.cursor;
    const outside = left == null || left < 0 || idx == null;
    this.tip.show(outside ? null : { chart: this.chart!, index: idx, left, plot });
  }

  /** Where a step lies on the axis. */
  private placeOf(step: number): number {
    const times = this.chart?.times;
    return times ? (times.times[nearestIndex(times.steps, step)] ?? NaN) : step;
  }

  private stepOf(place: number): number {
    const times = this.chart?.times;
    return times ? (times.steps[nearestIndex(times.times, place)] ?? 0) : place;
  }

  private size() {
    return { width: this.target.clientWidth, height: this.target.clientHeight };
  }

  private options(chart: Chart): uPlot.Options {
    const style = getComputedStyle(this.target);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const options = chartOptions(chart, color);
    const [min, max] = this.zoomed ?? [];
    if (min !== undefined) Object.assign(options.scales!['x']!, { min, max });
    const draw = (plot: uPlot) => {
      this.placeCursor(plot);
      const marks = chart.marks ?? [];
      drawMarks(
        plot,
        marks.map((step) => this.placeOf(step)),
        color('--bad'),
      );
      if (chart.named) drawNames(plot, chart, color);
    };
    return {
      ...options,
      ...this.size(),
      hooks: {
        draw: [draw],
        setScale: [(plot, key) => key === 'x' && this.scaleChanged(plot)],
        setCursor: [(plot) => this.pointed(plot)],
      },
    };
  }

  private placeCursor(plot: uPlot): void {
    const x = this.step === null ? NaN : plot.valToPos(this.placeOf(this.step), 'x');
    const shown = x >= -1 && x <= plot.bbox.width / devicePixelRatio + 1;
    this.cursor.hidden = !shown;
    if (shown) this.cursor.style.transform = `translateX(${x}px)`;
  }
}
