import uPlot from 'uplot';

/** A line over the steps. */
export interface Line {
  label: string;
  /** A custom property of the page that holds the colour, as `--series-1`. */
  color: string;
  width: number;
  dashed?: boolean;
  /** Drawn behind and pale: what a smoothed line was made of. */
  pale?: boolean;
  points?: boolean;
  filled?: boolean;
}

export interface Chart {
  lines: readonly Line[];
  /** The steps, then a column a line. */
  data: readonly (readonly (number | null)[])[];
  logScale?: boolean;
  /** Whether each line's area reaches down to the line before. */
  stacked?: boolean;
}

const ZOOM = 2;

/** A uPlot chart over the steps, with the step cursor as a line. Zoom outlives new data. */
export class StepPlot {
  private plot: uPlot | null = null;
  private chart: Chart | null = null;
  private step: number | null = null;
  private zoomed: [number, number] | null = null;
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
    this.resized = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.resized.observe(target);
  }

  /** Draws a chart; the same object again only moves the cursor. */
  show(chart: Chart, step: number | null): void {
    this.step = step;
    if (this.chart === chart) {
      this.plot?.redraw(false, false);
      return;
    }
    this.chart = chart;
    this.plot?.destroy();
    this.plot = new uPlot(this.options(chart), chart.data as uPlot.AlignedData, this.target);
    this.plot.over.addEventListener('click', (event) => this.clicked(event));
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
    const steps = this.chart?.data[0] ?? [];
    const [min, max] = [steps[0], steps.at(-1)];
    if (min != null && max != null) this.plot?.setScale('x', { min, max });
  }

  destroy(): void {
    this.resized.disconnect();
    this.plot?.destroy();
  }

  private zoomBy(factor: number): void {
    const { min, max } = this.plot?.scales['x'] ?? {};
    if (min == null || max == null) return;
    const middle = this.step !== null && this.step >= min && this.step <= max ? this.step : null;
    const center = middle ?? (min + max) / 2;
    const half = Math.max(1, ((max - min) * factor) / 2);
    const steps = this.chart?.data[0] ?? [];
    const limits = { min: steps[0] ?? min, max: steps.at(-1) ?? max };
    const range = {
      min: Math.max(limits.min, center - half),
      max: Math.min(limits.max, center + half),
    };
    this.plot?.setScale('x', range);
  }

  private scaleChanged(plot: uPlot): void {
    const { min, max } = plot.scales['x']!;
    const steps = this.chart?.data[0] ?? [];
    const whole = min == null || max == null || (min <= steps[0]! && max >= steps.at(-1)!);
    const before = this.zoomed;
    this.zoomed = whole ? null : [min, max];
    if ((before === null) !== (this.zoomed === null)) this.zoomChanged(!whole);
  }

  private clicked(event: MouseEvent): void {
    const left = event.clientX - this.plot!.over.getBoundingClientRect().left;
    this.choose(this.plot!.posToVal(left, 'x'));
  }

  private size() {
    return { width: this.target.clientWidth, height: this.target.clientHeight };
  }

  private options(chart: Chart): uPlot.Options {
    const style = getComputedStyle(this.target);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '11px Roboto, system-ui, sans-serif',
    };
    const x: uPlot.Scale = { time: false };
    if (this.zoomed) Object.assign(x, { min: this.zoomed[0], max: this.zoomed[1] });
    const y: uPlot.Scale = { distr: chart.logScale ? 3 : 1 };
    // Areas are to be compared, and so begin at zero.
    if (chart.stacked && !chart.logScale) y.range = (_plot, _min, max) => [0, max * 1.05];
    return {
      ...this.size(),
      legend: { show: false },
      scales: { x, y },
      axes: [
        { ...axis, size: 28 },
        { ...axis, size: 48 },
      ],
      cursor: { y: false, drag: { x: true, y: false, dist: 8 }, points: { show: false } },
      series: [{}, ...chart.lines.map((line) => seriesOf(line, color))],
      bands: chart.stacked
        ? chart.lines.slice(1).map((_, i) => ({ series: [i + 2, i + 1] as [number, number] }))
        : [],
      hooks: {
        draw: [(plot) => this.drawCursor(plot, color('--cursor'))],
        setScale: [(plot, key) => key === 'x' && this.scaleChanged(plot)],
      },
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
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.restore();
  }
}

function seriesOf(line: Line, color: (name: string) => string): uPlot.Series {
  const stroke = color(line.color);
  return {
    label: line.label,
    stroke: line.pale ? `${stroke}55` : stroke,
    width: line.width,
    dash: line.dashed ? [6, 4] : undefined,
    fill: line.filled ? `${stroke}66` : undefined,
    spanGaps: true,
    points: { show: line.points ?? false, size: 5 },
  };
}
