import type { ChannelGradientsAt } from '../model/gradient';
import { valueOf } from '../model/loadable';
import type { Look } from '../state/look';
import { formatStep } from './format';
import { isInactive } from './health';
import { memoised, memoisedBy } from './memo';
import type { Pane } from './panes';
import { indexAt } from './steps';
import type { StatisticsAt } from '../model/statistics';

const COLUMNS = 2;
const IMPORTANCE = 1;

/** What a layer's channels matter to one term of the loss. */
export interface Importance {
  readonly term: string;
  /**
   * Of each channel the mean of activation × gradient, with its sign: how the term changes, to first
   * order, as the channel grows. Its absolute value is the criterion of Molchanov et al. 2017.
   */
  readonly values: Float32Array;
}

/** The terms that reach the layer at some step, the main one first. */
export const importanceTerms = memoisedBy(
  (items: readonly ChannelGradientsAt[]): readonly string[] => {
    const terms = new Map(items.flatMap((at) => at.terms.map((term) => [term.name, term])));
    const reaching = [...terms.values()].filter(({ name }) =>
      items.some((at) => columnOf(at, name)?.some((value) => value !== 0)),
    );
    const isMain = (role: string | null) => Number(role === 'main');
    return reaching.toSorted((a, b) => isMain(b.role) - isMain(a.role)).map(({ name }) => name);
  },
);

/**
 * What the channels of a pane's capture matter, or why that isn't known.
 *
 * @param wanted name of the term; the main one where it is null or doesn't reach the layer.
 */
export const importanceOf = memoised((pane: Pane, wanted: string | null): Importance | string => {
  const { gradients, capture } = pane;
  if (!gradients) return 'None was logged of this layer. GradientTerms logs it.';
  if (gradients.status === 'failed') return gradients.message;
  const items = valueOf(gradients)?.items;
  if (!items || !capture) return 'Loading …';
  const names = importanceTerms(items);
  const term = names.find((name) => name === wanted) ?? names[0];
  if (term === undefined) return 'No term of the loss teaches this layer.';
  const at = items[indexAt(items, capture.step)];
  if (!at) return `None was logged at step ${formatStep(capture.step)}.`;
  const values = columnOf(at, term);
  return values ? { term, values } : `None of ${term} was logged at step ${formatStep(at.step)}.`;
});

/** Why channels that are to stand by importance don't; null where they do, or are not to. */
export function whyUnsorted(pane: Pane | null, { sort, sortTerm }: Look): string | null {
  if (sort !== 'importance' || !pane?.capture || pane.gradients?.status === 'loading') return null;
  const importance = importanceOf(pane, sortTerm);
  return typeof importance === 'string' ? importance : null;
}

/** The channels by how much they matter, whichever way; those of which nothing is known come last. */
export const importanceOrder = memoised(
  (
    { values }: Importance,
    channels: number,
    at: StatisticsAt | undefined,
    probe: number,
    hideInactive: boolean,
  ): readonly number[] => {
    const order = Array.from({ length: channels }, (_, channel) => channel);
    const shown = hideInactive ? order.filter((channel) => !isInactive(at, probe, channel)) : order;
    const size = (channel: number) => {
      const value = Math.abs(values[channel] ?? NaN);
      return Number.isNaN(value) ? -1 : value;
    };
    const compare = (a: number, b: number) => (a === b ? 0 : a - b); // ∞ − ∞ is NaN
    return shown.sort((a, b) => compare(size(b), size(a)) || a - b);
  },
);

/** null where the step has no such term: terms can be others, or in another order, at another step. */
const columnOf = memoisedBy((at: ChannelGradientsAt, term: string): Float32Array | null => {
  const place = at.terms.findIndex(({ name }) => name === term);
  if (place < 0) return null;
  const from = place * at.channels;
  return Float32Array.from(
    { length: at.channels },
    (_, channel) => at.values[(from + channel) * COLUMNS + IMPORTANCE] ?? NaN,
  );
});
