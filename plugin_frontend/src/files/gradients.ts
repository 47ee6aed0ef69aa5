import { cosineAt, normAt, type GradientTable } from '../derive/gradients';
import { toCsv } from './csv';

/** Norms and cosines as a table, a row for each step, a pair of columns for each layer and term. */
export function gradientsAsCsv(table: GradientTable): string {
  const pairs = table.series.layers.flatMap((layer, row) =>
    table.series.terms.map((term, index) => ({ name: `${layer}: ${term.name}`, row, index })),
  );
  const header = pairs.flatMap(({ name }) => [`${name} norm`, `${name} cosine`]);
  const rows = table.series.steps.map(({ step, wallTime }, place) => [
    step,
    finite(wallTime),
    ...pairs.flatMap(({ row, index }) => [
      finite(normAt(table, place, row, index)),
      finite(cosineAt(table, place, row, index)),
    ]),
  ]);
  return toCsv(['step', 'wall_time', ...header], rows);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
