import type { Jump } from '../derive/jumps';
import type { Curve } from '../derive/loss_curves';
import { plotData, stackable, timesOf, type Column } from '../derive/loss_plot';
import { memoised } from '../derive/memo';
import { shortNames } from '../derive/run_names';
import { lineColor, lineDash } from '../render/palette';
import type { LossAxis } from '../state/look';
import type { Chart, Line } from './step_chart';

/** Up to so many points each of a validation curve is marked. */
const MOST_DOTS = 100;

/** Makes the chart of the curves that are shown, with jumps marked; null without any curve. */
export const makeLossChart = memoised(
  (
    curves: readonly Curve[],
    jumps: readonly Jump[],
    stacked: boolean,
    logScale: boolean,
    smoothing: number,
    axis: LossAxis,
  ): Chart | null => {
    const drawn = stacked ? stackable(curves) : curves;
    if (!drawn.length) return null;
    const [places = [], ...plain] = plotData(curves, stacked, 0, axis);
    const told = stacked ? plotData(drawn.toReversed(), false, 0, axis).slice(1).reverse() : plain;
    const names = shortNames([...new Set(drawn.map(({ label }) => label))]);
    const lines = drawn.map((curve, index) => ({
      ...lineOf(curve, stacked, told[index]!),
      ...(curve.runColor !== null && { name: names.get(curve.label)!, dotted: true }),
    }));
    const common = {
      ...{ logScale, stacked, axis, named: true },
      times: timesOf(curves, axis),
      marks: jumps.map(({ step }) => step),
    };
    if (stacked || !smoothing) return { ...common, lines, data: [places, ...plain] };
    const pale = lines.map((line) => ({ ...line, pale: true, width: 1 }));
    const averaged = plotData(curves, false, smoothing, axis).slice(1);
    return { ...common, lines: [...pale, ...lines], data: [places, ...plain, ...averaged] };
  },
  2,
);

function lineOf(curve: Curve, stacked: boolean, told: Column): Line {
  const { color, validation, term } = curve;
  return {
    label: curveName(curve),
    color: curveColor(curve),
    width: validation ? 1 : color === 0 || curve.runColor ? 2 : 1.5,
    dash: lineDash(color),
    filled: stacked,
    nameless: validation,
    points: validation && term.points.length <= MOST_DOTS,
    told,
  };
}

/** The custom property of a curve's colour. */
export function curveColor({ color, runColor }: Curve): string {
  return runColor ?? lineColor(color);
}

export function curveName({ label, validation }: Curve): string {
  return validation ? `${label}, validation` : label;
}
