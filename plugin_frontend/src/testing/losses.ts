import type { Losses, LossTerm, TermKind } from '../model/loss';

/** A term by its value at each step; of step s it was written at 1000 + s seconds. */
export function termOf(
  kind: TermKind,
  output: string | null,
  values: Readonly<Record<number, number | null>>,
): LossTerm {
  const role = output === null ? null : output === 'main' ? 'main' : 'auxiliary';
  const points = Object.entries(values).map(([step, value]) => ({
    ...{ step: Number(step), wallTime: 1000 + Number(step), value },
  }));
  const tag = `loss/${output === null ? '' : `${output}/`}${kind}`;
  return { tag, kind, output, role, points, allKept: true };
}

export function lossesOf(run: string, ...terms: readonly LossTerm[]): Losses {
  return { run, version: '1', terms, messages: [] };
}
