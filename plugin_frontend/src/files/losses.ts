import type { LossPair } from '../derive/losses';
import { toCsv } from './csv';

/** All terms of the run and of its validation as a table, a row a step. */
export function lossesAsCsv({ train, validation }: LossPair): string {
  const runs = [train, ...(validation ? [validation] : [])];
  const terms = runs.flatMap(({ run, terms }) =>
    terms.map((term) => ({ name: `${run}: ${term.tag}`, term })),
  );
  const times = new Map<number, number>();
  for (const { term } of terms) {
    for (const { step, wallTime } of term.points) {
      if (!times.has(step)) times.set(step, wallTime);
    }
  }
  const columns = terms.map(
    ({ term }) => new Map(term.points.map(({ step, value }) => [step, value])),
  );
  const rows = [...times]
    .sort(([a], [b]) => a - b)
    .map(([step, time]) => [
      step,
      Number.isFinite(time) ? time : null,
      ...columns.map((column) => column.get(step) ?? null),
    ]);
  return toCsv(['step', 'wall_time', ...terms.map(({ name }) => name)], rows);
}
