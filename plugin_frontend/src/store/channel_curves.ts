import type { HeadOutputs, Stats } from '../api/types';
import { statistic } from './channels';

/** A channel's statistics over the steps, as columns: steps, minimum, mean, maximum. */
export function channelColumns(stats: Stats, probe: number, channel: number): (number | null)[][] {
  const steps = stats.steps.map((one) => one.step);
  const column = (name: string) =>
    steps.map((step) => {
      const value = statistic(stats, step, probe, channel, name);
      return value !== null && Number.isFinite(value) ? value : null;
    });
  return [steps, column('min'), column('mean'), column('max')];
}

/** What each head predicts for one class over the steps, as columns: steps, then one a head. */
export function classColumns(
  heads: readonly HeadOutputs[],
  probe: number,
  index: number,
): (number | null)[][] {
  const steps = [...new Set(heads.flatMap((head) => head.steps.map((one) => one.step)))];
  steps.sort((a, b) => a - b);
  const columns = heads.map((head) => {
    const values = new Map(head.steps.map((one) => [one.step, one.values[probe]?.[index] ?? null]));
    return steps.map((step) => values.get(step) ?? null);
  });
  return [steps, ...columns];
}

/** The first step from which a head's largest output is the class's, to the end; null if never. */
export function learnedAt(head: HeadOutputs, probe: number, index: number): number | null {
  let since: number | null = null;
  for (const { step, values } of head.steps) {
    const row = values[probe] ?? [];
    const own = row[index] ?? -Infinity;
    const best =
      own > -Infinity && row.every((value, i) => i === index || (value ?? -Infinity) < own);
    if (!best) since = null;
    else since ??= step;
  }
  return since;
}
