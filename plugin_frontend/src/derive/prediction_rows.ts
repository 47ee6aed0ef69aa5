import type { HeadPredictions, PredictionsAt } from '../model/prediction';
import { valueOf } from '../model/loadable';
import type { PredictionSide } from './prediction_sides';
import { classNamed, className, headsOf, knownValue } from './predictions';
import { nearestEntry } from './steps';

/** What one side's head predicts, nearest to its step. */
export interface HeadAt {
  readonly head: HeadPredictions;
  readonly at: PredictionsAt;
}

/** A class, and what each side predicts for it. */
export interface PredictionRow {
  readonly name: string;
  readonly isTrue: boolean;
  /** null where it is not known: not among a head's first classes. */
  readonly values: readonly (number | null)[];
}

/** The names of all heads, the main one first. */
export function headNames(sides: readonly PredictionSide[]): readonly string[] {
  const heads = sides.flatMap(({ predictions }) => {
    const known = valueOf(predictions);
    return known ? headsOf(known) : [];
  });
  const isMain = ({ role }: HeadPredictions) => Number(role === 'main');
  return [...new Set(heads.sort((a, b) => isMain(b) - isMain(a)).map(({ name }) => name))];
}

/** A side's head of a name; null where it has none, or no prediction of its probe. */
export function headAt(side: PredictionSide, name: string): HeadAt | null {
  const head = valueOf(side.predictions)?.heads.find((candidate) => candidate.name === name);
  const at = head && nearestEntry(head.steps, side.step ?? Infinity);
  return head && at?.predictions[side.probe] ? { head, at } : null;
}

/** The largest classes of all sides and the true one, by the last side's values. */
export function comparedRows(
  sides: readonly PredictionSide[],
  heads: readonly (HeadAt | null)[],
): readonly PredictionRow[] {
  const known = heads.filter((predicted) => predicted !== null);
  // Classes of one list are told apart by their places, since names can be alike.
  const byPlace = known.every(({ head }) => sameClasses(head, known[0]!.head));
  const keyOf = (head: HeadPredictions, index: number) =>
    byPlace ? String(index) : className(head, index);
  const names = new Map<string, string>();
  const truths = new Set<string>();
  sides.forEach(({ probe }, place) => {
    const predicted = heads[place];
    if (!predicted) return;
    const truth = predicted.head.trueClass[probe];
    const shown = predicted.at.predictions[probe]!.top.map(({ index }) => index);
    if (truth != null) truths.add(keyOf(predicted.head, truth));
    for (const index of truth == null ? shown : [...shown, truth]) {
      names.set(keyOf(predicted.head, index), className(predicted.head, index));
    }
  });
  const rows = [...names].map(([key, name]) => ({
    name,
    isTrue: truths.has(key),
    values: sides.map(({ probe }, place) => {
      const predicted = heads[place];
      if (!predicted) return null;
      const index = byPlace ? Number(key) : classNamed(predicted.head, key);
      return knownValue(predicted.at.predictions[probe], predicted.head, probe, index) ?? null;
    }),
  }));
  const last = ({ values }: PredictionRow) => values.findLast((value) => value !== null) ?? -1;
  return rows.sort((a, b) => last(b) - last(a));
}

function sameClasses(a: HeadPredictions, b: HeadPredictions): boolean {
  const isSame = (name: string, index: number) => name === b.classNames[index];
  return a.classes === b.classes && a.classNames.every(isSame);
}
