import type { SeriesAnswer, Source } from '../api/source';
import { DamagedError } from '../model/failures';
import type { Gradients } from '../model/gradient';
import type { Losses } from '../model/loss';
import type { Predictions } from '../model/prediction';
import type { Listing, Run } from '../model/run';
import type { Item, Series } from '../model/series';
import { grown } from './growth';

/** Asks for what is new; for everything where the answer does not fit what is known. */
async function upToDate<Answer, Value>(
  since: string | null,
  ask: (since: string | null) => Promise<Answer>,
  merge: (answer: Answer) => Value | null,
): Promise<Value> {
  const merged = merge(await ask(since)) ?? merge(await ask(null));
  if (merged === null) throw new DamagedError('The answer of the server contradicts itself.');
  return merged;
}

/** A series, the same object where nothing is new. */
export async function loadSeries<Entry extends Item>(
  known: Series<Entry> | undefined,
  ask: (since: string | null) => Promise<SeriesAnswer<Entry>>,
): Promise<Series<Entry>> {
  return upToDate(known?.version ?? null, ask, (answer) => {
    const items = grown(known?.items ?? [], answer);
    const { version, allKept, messages } = answer;
    const same = known?.items === items && known.version === version;
    if (same && known.allKept === allKept) return known;
    return items && { version, allKept, messages, items };
  });
}

export async function loadListing(
  source: Source,
  known: Listing | undefined,
  signal: AbortSignal,
): Promise<Listing> {
  const ask = (since: string | null) => source.listing(since, signal);
  return upToDate(known?.version ?? null, ask, (answer) => {
    const { version, messages } = answer;
    const standing = answer.reset ? [] : stillStanding(known?.runs ?? [], answer.kept);
    if (!standing) return null;
    const unchanged = standing === known?.runs && !answer.runs.length;
    if (unchanged && messages.join() === known.messages.join() && version === known.version) {
      return known;
    }
    const names = new Set(answer.runs.map(({ name }) => name));
    const runs = [...standing.filter(({ name }) => !names.has(name)), ...answer.runs];
    return { version, messages, runs: runs.sort(byName) };
  });
}

function stillStanding(
  known: readonly Run[],
  kept: ReadonlyMap<string, string> | null,
): readonly Run[] | null {
  if (!kept) return known;
  const standing = known.filter(({ name, version }) => kept.get(name) === version);
  if (standing.length < kept.size) return null;
  return standing.length === known.length ? known : standing;
}

function byName(a: Run, b: Run): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

export async function loadLosses(
  source: Source,
  run: string,
  known: Losses | undefined,
  signal: AbortSignal,
): Promise<Losses> {
  const ask = (since: string | null) => source.losses(run, since, signal);
  return upToDate(known?.version ?? null, ask, ({ version, messages, terms: answers }) => {
    const before = new Map(known?.terms.map((term) => [term.tag, term]));
    const terms = [];
    for (const { growth, ...term } of answers) {
      const points = grown(before.get(term.tag)?.points ?? [], growth);
      if (!points) return null;
      terms.push({ ...term, points });
    }
    const same =
      terms.length === known?.terms.length &&
      terms.every(({ tag, points }) => before.get(tag)?.points === points);
    return same && known.version === version ? known : { run, version, messages, terms };
  });
}

export async function loadPredictions(
  source: Source,
  run: string,
  known: Predictions | undefined,
  signal: AbortSignal,
): Promise<Predictions> {
  const ask = (since: string | null) => source.predictions(run, since, signal);
  return upToDate(known?.version ?? null, ask, ({ version, messages, heads: answers }) => {
    const before = new Map(known?.heads.map((head) => [head.tag, head]));
    const heads = [];
    for (const { growth, ...head } of answers) {
      const held = before.get(head.tag);
      const steps = grown(held?.steps ?? [], growth);
      const classNames = head.classNames ?? held?.classNames;
      if (!steps || !classNames) return null;
      heads.push({ ...head, classNames, steps });
    }
    const same =
      heads.length === known?.heads.length &&
      heads.every(({ tag, steps }) => before.get(tag)?.steps === steps);
    return same && known.version === version ? known : { version, messages, heads };
  });
}

export async function loadGradients(
  source: Source,
  run: string,
  known: Gradients | undefined,
  signal: AbortSignal,
): Promise<Gradients> {
  const ask = (since: string | null) => source.gradients(run, since, signal);
  return upToDate(known?.version ?? null, ask, ({ version, messages, series: answers }) => {
    const before = new Map(known?.series.map((former) => [former.tag, former]));
    const series = [];
    for (const { growth, ...about } of answers) {
      const steps = grown(before.get(about.tag)?.steps ?? [], growth);
      if (!steps) return null;
      series.push({ ...about, steps });
    }
    const same =
      series.length === known?.series.length &&
      series.every(({ tag, steps }) => before.get(tag)?.steps === steps);
    return same && known.version === version ? known : { run, version, messages, series };
  });
}
