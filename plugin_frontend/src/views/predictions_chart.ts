import type { Columns, DrawnSide } from '../derive/prediction_sides';
import type { RunColors } from '../derive/run_colors';
import { shortNames } from '../derive/run_names';
import type { HeadPredictions } from '../model/prediction';
import { lineColor, lineDash } from '../render/palette';
import type { Chart, Line } from './step_chart';

/** The lines of each side's heads: of several runs in the runs' colours, the heads in dashes. */
export function headLines(
  drawn: readonly DrawnSide[],
  colors: RunColors,
): readonly (readonly Line[])[] {
  const names = shortNames(drawn.map(({ run }) => run.name));
  return drawn.map(({ run, heads }) =>
    heads.map((head, place) => {
      const width = head.role === 'main' ? 2.5 : 1.5;
      if (drawn.length < 2) {
        return { label: head.name, color: lineColor(1 + place), width, dash: headDash(head) };
      }
      const { name } = run;
      const color = colors(name) ?? '--muted';
      return { label: `${head.name}, ${names.get(name)}`, color, width, dash: lineDash(place) };
    }),
  );
}

export function headsChart(drawn: readonly DrawnSide[], data: Columns, colors: RunColors): Chart {
  return { lines: headLines(drawn, colors).flat(), data };
}

function headDash({ role }: HeadPredictions): readonly number[] | undefined {
  return role === 'main' ? undefined : [6, 4];
}
