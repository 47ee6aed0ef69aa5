import type { OutputAsk } from '../data/asks';
import type { Library } from '../data/library';
import { valueOf } from '../model/loadable';
import type {
  FullOutput,
  HeadPredictions,
  Prediction,
  Predictions,
  PredictionsAt,
} from '../model/prediction';
import { memoised, memoisedBy, memoisedList } from './memo';

/** Up to so many classes the list to choose from holds all of them. */
const ALL_LISTED = 200;

/** The heads, the main one first. */
export const headsOf = memoisedBy((predictions: Predictions): readonly HeadPredictions[] =>
  [...predictions.heads].sort((a, b) => Number(b.role === 'main') - Number(a.role === 'main')),
);

export function className(head: HeadPredictions, index: number): string {
  return head.classNames[index] ?? String(index);
}

/** The class of a name; −1 where the head has none. */
export function classNamed(head: HeadPredictions | undefined, name: string): number {
  const index = head?.classNames.indexOf(name) ?? -1;
  if (index >= 0 || !head) return index;
  const number = /^\d+$/.test(name) ? Number(name) : -1; // a class without a name is called so
  return number < head.classes && head.classNames[number] === undefined ? number : -1;
}

/** Classes to choose from: all, or of very many the true one and those that were ever among the top. */
export const classChoices = memoisedBy(
  (predictions: Predictions, probe: number): readonly number[] => {
    const [first] = headsOf(predictions);
    if (!first) return [];
    if (first.classes <= ALL_LISTED) return Array.from({ length: first.classes }, (_, i) => i);
    const seen = new Set(
      first.steps.flatMap(
        ({ predictions: byProbe }) => byProbe[probe]?.top.map(({ index }) => index) ?? [],
      ),
    );
    const truth = first.trueClass[probe];
    if (truth != null) seen.add(truth);
    return [...seen].sort((a, b) => a - b);
  },
);

/**
 * The class that is drawn: the chosen one, else the probe's own, else the main head's first choice
 * at its newest step.
 */
export function drawnClass(predictions: Predictions, probe: number, chosen: number | null): number {
  const [first] = headsOf(predictions);
  const choice = first?.steps.at(-1)?.predictions[probe]?.top[0]?.index;
  const wanted = [chosen, first?.trueClass[probe], choice];
  return wanted.find((index) => index != null && index < (first?.classes ?? 0)) ?? 0;
}

/** The value of a class in a prediction; undefined where only the full output tells. */
export function knownValue(
  prediction: Prediction | undefined,
  head: HeadPredictions,
  probe: number,
  index: number,
): number | null | undefined {
  // Heads can have classes of their own: one may have fewer than the first.
  if (!prediction || index < 0 || index >= head.classes) return null;
  if (head.trueClass[probe] === index) return prediction.trueValue;
  const top = prediction.top.find((listed) => listed.index === index);
  if (top) return top.value;
  return prediction.top.length + prediction.nonfinite >= head.classes ? null : undefined;
}

/** The full outputs that a curve of a class needs. */
export const outputAsks = memoised(
  (
    run: string,
    heads: readonly HeadPredictions[],
    probe: number,
    index: number,
  ): readonly OutputAsk[] =>
    heads.flatMap((head) =>
      head.steps
        .filter((at) => knownValue(at.predictions[probe], head, probe, index) === undefined)
        .map(({ step, wallTime }) => ({ run, tag: head.tag, step, wallTime })),
    ),
);

/** The full outputs that are known, the same list as long as none of them changes. */
const sameList = memoisedList<FullOutput | undefined>();

/** What each head predicts for one class over the steps, as columns: steps, then one a head. */
export function classColumns(
  library: Pick<Library, 'outputs'>,
  run: string,
  heads: readonly HeadPredictions[],
  probe: number,
  index: number,
): (number | null)[][] {
  const asks = outputAsks(run, heads, probe, index);
  const outputs = sameList(asks.map((ask) => valueOf(library.outputs.peek(ask))));
  return columnsOf(heads, probe, index, asks, outputs);
}

const columnsOf = memoised(
  (
    heads: readonly HeadPredictions[],
    probe: number,
    index: number,
    asks: readonly OutputAsk[],
    outputs: readonly (FullOutput | undefined)[],
  ): (number | null)[][] => {
    const full = new Map(asks.map(({ tag, step }, i) => [`${tag}/${step}`, outputs[i]]));
    const steps = [...new Set(heads.flatMap((head) => head.steps.map(({ step }) => step)))];
    steps.sort((a, b) => a - b);
    const valueIn = (head: HeadPredictions, at: PredictionsAt): number | null => {
      const known = knownValue(at.predictions[probe], head, probe, index);
      if (known !== undefined) return known;
      const output = full.get(`${head.tag}/${at.step}`);
      return output?.values[probe * output.classes + index] ?? null;
    };
    const columnOf = (head: HeadPredictions) => {
      const values = new Map(head.steps.map((at) => [at.step, valueIn(head, at)]));
      return steps.map((step) => values.get(step) ?? null);
    };
    return [steps, ...heads.map(columnOf)];
  },
);

/** The first step from which a class is a head's first choice, to the end; null if never. */
export const learnedAt = memoised(
  (head: HeadPredictions, probe: number, index: number): number | null => {
    let since: number | null = null;
    for (const { step, predictions } of head.steps) {
      if (isFirstChoice(predictions[probe], index)) since ??= step;
      else since = null;
    }
    return since;
  },
);

/** A tie is nobody's choice, and neither is one among values that are not finite. */
function isFirstChoice(prediction: Prediction | undefined, index: number): boolean {
  if (!prediction || prediction.nonfinite) return false;
  const [best, next] = prediction.top;
  return best?.index === index && best.value !== next?.value;
}
