import { statisticOf, type Statistics, type StatisticsAt } from '../model/statistics';
import { memoisedBy } from './memo';

/** From so many deviations on a channel is called selective. */
export const SELECTIVE = 2;

/**
 * How much more a channel responds to one probe than to the others, in deviations:
 *
 *     (m_p − μ) / σ,   μ = mean of m_q,   σ² = mean of s_q² + mean of (m_q − μ)²   over q ≠ p
 *
 * m and s are mean and standard deviation of the channel's map, so μ and σ are those of all values
 * of the other probes together: Glass's Δ with the other probes as the control group
 * (G. V. Glass, Educational Researcher 5, 1976). ±Infinity where the others have one value.
 *
 * @returns null where there are no others, or not all is known and finite.
 */
export function selectivityOf(
  at: StatisticsAt | undefined,
  probe: number,
  channel: number,
): number | null {
  const own = statisticOf(at, probe, channel, 'mean');
  if (!at || own === null || at.probes < 2) return null;
  let [mean, variance, between] = [0, 0, 0];
  const others = at.probes - 1;
  for (let other = 0; other < at.probes; other++) {
    if (other === probe) continue;
    mean += statisticOf(at, other, channel, 'mean')! / others;
    variance += statisticOf(at, other, channel, 'std')! ** 2 / others;
  }
  for (let other = 0; other < at.probes; other++) {
    if (other === probe) continue;
    between += (statisticOf(at, other, channel, 'mean')! - mean) ** 2 / others;
  }
  const above = own - mean;
  const deviations = above === 0 ? 0 : above / Math.sqrt(variance + between);
  return Number.isNaN(deviations) ? null : deviations;
}

/**
 * The first step from which on a channel is selective for a probe at every capture, up to the
 * newest one; null if it is not so at the newest.
 */
export const selectiveSince = memoisedBy(
  (statistics: Statistics, probe: number, channel: number): number | null => {
    let since: number | null = null;
    for (let index = statistics.length - 1; index >= 0; index--) {
      const selectivity = selectivityOf(statistics[index], probe, channel);
      if (selectivity === null || selectivity < SELECTIVE) break;
      since = statistics[index]!.step;
    }
    return since;
  },
);

/** Why channels can't be told by their selectivity; null where they can. */
export function selectivityProblem(probes: number, spatial: boolean): string | null {
  if (probes < 2) return 'There is one probe only, and none to compare it with.';
  if (probes < 3 && !spatial) {
    return 'Of one value per channel and two probes no deviation is known: log a third probe.';
  }
  return null;
}
