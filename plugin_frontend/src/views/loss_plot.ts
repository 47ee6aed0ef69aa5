import uPlot from 'uplot';
import type { Losses } from '../api/types';
import { curvesOf, plotData, stackable, type Curve } from '../store/loss_curves';

export interface PlotOptions {
  stacked: boolean;
  logScale: boolean;
}

/** The uPlot chart of the loss terms, with the step cursor as a line. */
export class LossPlot {
  private plot: uPlot | null = null;
  private shown: { losses: Losses | null; options: PlotOptions } | null = null;
  private step: number | null = null;
  private readonly resized: ResizeObserver;

  /** @param choose called with the step of a click. */
  constructor(
    private readonly target: HTMLElement,
    private readonly choose: (step: number) => void,
  ) {
    this.resized = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.resized.observe(target);
  }

  show(losses: Losses | null, options: PlotOptions, step: number | null): void {
    this.step = step;
    const before = this.shown;
    const same =
      before?.losses === losses &&
      before?.options.stacked === options.stacked &&
      before?.options.logScale === options.logScale;
    if (same) {
      this.plot?.redraw(false, false);
      return;
    }
    this.shown = { losses, options };
    this.plot?.destroy();
    const curves = curvesOf(losses);
    const drawn = options.stacked ? stackable(curves) : curves;
    const data = plotData(curves, options.stacked) as uPlot.AlignedData;
    this.plot = new uPlot(this.options(drawn, options), data, this.target);
    this.plot.over.addEventListener('click', (event) => this.clicked(event));
  }

  /** Draws anew with the colours of the theme as it is now. */
  redraw(): void {
    const { losses, options } = this.shown ?? {};
    this.shown = null;
    if (options) this.show(losses ?? null, options, this.step);
  }

  destroy(): void {
    this.resized.disconnect();
    this.plot?.destroy();
  }

  private clicked(event: MouseEvent): void {
    const left = event.clientX - this.plot!.over.getBoundingClientRect().left;
    this.choose(this.plot!.posToVal(left, 'x'));
  }

  private size() {
    return { width: this.target.clientWidth, height: this.target.clientHeight };
  }

  private options(curves: Curve[], options: PlotOptions): uPlot.Options {
    const style = getComputedStyle(this.target);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '11px Roboto, system-ui, sans-serif',
    };
    return {
      ...this.size(),
      legend: { show: false },
      scales: { x: { time: false }, y: { distr: options.logScale ? 3 : 1 } },
      axes: [
        { ...axis, size: 28 },
        { ...axis, size: 48 },
      ],
      cursor: { y: false, drag: { x: true, y: false, dist: 8 }, points: { show: false } },
      series: [{}, ...curves.map((curve) => seriesOf(curve, options.stacked, color))],
      bands: options.stacked ? curves.slice(1).map((_, i) => ({ series: [i + 2, i + 1] })) : [],
      hooks: { draw: [(plot) => this.drawCursor(plot, color('--accent'))] },
    };
  }

  private drawCursor(plot: uPlot, color: string): void {
    if (this.step === null) return;
    const x = plot.valToPos(this.step, 'x', true);
    const { left, top, width, height } = plot.bbox;
    if (x < left - 1 || x > left + width + 1) return;
    const { ctx } = plot;
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.restore();
  }
}

function seriesOf(curve: Curve, stacked: boolean, color: (name: string) => string): uPlot.Series {
  const stroke = color(`--series-${curve.color % 6}`);
  return {
    label: curve.label,
    stroke,
    width: curve.term.kind === 'total' ? 2 : 1.5,
    dash: curve.validation ? [6, 4] : undefined,
    fill: stacked ? `${stroke}66` : undefined,
    spanGaps: true,
    points: { show: curve.validation && curve.term.points.length < 30, size: 5 },
  };
}
