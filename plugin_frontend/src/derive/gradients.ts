import type {
  GradientPlace,
  Gradients,
  GradientSeries,
  GradientsAt,
  GradientTerm,
} from '../model/gradient';
import { columnStart } from '../render/network';
import { curvesOf } from './loss_curves';
import type { LossPair } from './losses';
import { memoised, memoisedBy } from './memo';
import { nearestIndex } from './steps';

/** A term of the loss as a gradient of it is shown. */
export interface ShownTerm {
  readonly name: string;
  readonly isMain: boolean;
  /** Place among the series' terms. */
  readonly index: number;
  /** Which colour of the loss panel. */
  readonly color: number;
}

/** Layers × steps, each cell of some terms. */
export interface GradientTable {
  readonly series: GradientSeries;
  readonly steps: readonly number[];
  /** Without those that are zero everywhere, as weight decay is at activations. */
  readonly terms: readonly ShownTerm[];
  /** Smallest and largest sum of norms that is neither zero nor infinite; null without any. */
  readonly range: readonly [number, number] | null;
}

const COLUMNS = 2;
/** How bright the smallest norm is. */
const FAINTEST = 0.2;

/** null where nothing was logged at this place. */
export const gradientTable = memoised(
  (gradients: Gradients, place: GradientPlace, losses: LossPair | null): GradientTable | null => {
    const series = gradients.series.find((logged) => logged.place === place);
    if (!series?.steps.length) return null;
    const terms = shownTerms(series, losses);
    const steps = series.steps.map(({ step }) => step);
    return { series, steps, terms, range: rangeOf(series, terms) };
  },
);

/** The norm of a term's gradient. */
export function normAt({ series }: GradientTable, step: number, layer: number, term: number) {
  return valueAt(series, series.steps[step], layer, term, 0);
}

/** The cosine of a term's gradient to the main term's; NaN where there is none. */
export function cosineAt({ series }: GradientTable, step: number, layer: number, term: number) {
  return valueAt(series, series.steps[step], layer, term, 1);
}

/** What the terms' norms are of their sum, in the order of the table's terms; null for no sum. */
export function sharesAt(
  table: GradientTable,
  step: number,
  layer: number,
): readonly number[] | null {
  const norms = table.terms.map(({ index }) => normAt(table, step, layer, index));
  const sum = norms.reduce((total, norm) => total + norm, 0);
  return sum > 0 && Number.isFinite(sum) ? norms.map((norm) => norm / sum) : null;
}

/** From faint to 1 by the logarithm of the sum of norms; 0 for none, NaN where it isn't finite. */
export function brightnessAt(table: GradientTable, step: number, layer: number): number {
  const { range, terms } = table;
  const sum = terms.reduce((total, { index }) => total + normAt(table, step, layer, index), 0);
  if (!Number.isFinite(sum)) return NaN;
  if (!range || sum <= 0) return 0;
  const [low, high] = range;
  if (high <= low) return 1;
  const place = (Math.log(sum) - Math.log(low)) / (Math.log(high) - Math.log(low));
  return FAINTEST + (1 - FAINTEST) * Math.max(0, Math.min(1, place));
}

/** What the first step of a column of the picture is made of. */
export function gradientCell(table: GradientTable, columns: number, row: number, column: number) {
  const step = columnStart(column, columns, table.steps.length);
  return { brightness: brightnessAt(table, step, row), shares: sharesAt(table, step, row) ?? [] };
}

/** ‖update‖ / ‖weights‖ of a layer's kernels by its name, at the step nearest to one. */
export const updatesAt = memoisedBy(
  (gradients: Gradients, step: number): ReadonlyMap<string, number> => {
    const series = gradients.series.find((logged) => logged.place === 'updates');
    const at =
      series?.steps[
        nearestIndex(
          series.steps.map((entry) => entry.step),
          step,
        )
      ];
    return new Map(series?.layers.map((layer, index) => [layer, at?.values[index] ?? NaN]));
  },
);

function shownTerms(series: GradientSeries, losses: LossPair | null): ShownTerm[] {
  const indexes = series.terms.map((_, index) => index);
  const shown = indexes.filter((term) =>
    series.steps.some((at) =>
      series.layers.some((_, layer) => valueAt(series, at, layer, term, 0) !== 0),
    ),
  );
  return shown.map((index) => {
    const term = series.terms[index]!;
    return {
      name: term.name,
      isMain: term.role === 'main',
      index,
      color: colorOf(term, losses) ?? index + 1,
    };
  });
}

/** The colour that the loss panel has for a term. */
function colorOf({ name, kind }: GradientTerm, losses: LossPair | null): number | null {
  const curves = losses ? curvesOf(losses) : [];
  const own = curves.find(({ term }) =>
    kind === 'output' ? term.kind === 'weighted' && term.output === name : term.kind === kind,
  );
  return own?.color ?? null;
}

function rangeOf(
  series: GradientSeries,
  terms: readonly ShownTerm[],
): readonly [number, number] | null {
  let [low, high] = [Infinity, 0];
  for (const at of series.steps) {
    for (let layer = 0; layer < series.layers.length; layer++) {
      let sum = 0;
      for (const { index } of terms) sum += valueAt(series, at, layer, index, 0);
      if (!Number.isFinite(sum) || sum <= 0) continue;
      low = Math.min(low, sum);
      high = Math.max(high, sum);
    }
  }
  return high > 0 ? [low, high] : null;
}

function valueAt(
  { terms }: GradientSeries,
  at: GradientsAt | undefined,
  layer: number,
  term: number,
  column: 0 | 1,
): number {
  return at?.values[(layer * terms.length + term) * COLUMNS + column] ?? NaN;
}
