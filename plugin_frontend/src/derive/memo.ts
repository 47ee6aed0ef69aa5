const KEPT = 8;

/** Whether two lists hold the very same things. */
export function sameAll(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

/**
 * A pure function that computes again only for arguments that it has not just met; its results
 * can therefore be compared by identity. Arguments are compared by identity too.
 */
export function memoised<Arguments extends readonly unknown[], Result>(
  compute: (...values: Arguments) => Result,
  kept = KEPT,
): (...values: Arguments) => Result {
  const known: { values: Arguments; result: Result }[] = [];
  return (...values) => {
    const index = known.findIndex((entry) => sameAll(entry.values, values));
    const entry = known[index] ?? { values, result: compute(...values) };
    if (index >= 0) known.splice(index, 1);
    known.unshift(entry);
    known.length = Math.min(known.length, kept);
    return entry.result;
  };
}

/** The same for what belongs to an object: results live as long as it does. */
export function memoisedBy<Owner extends object, Arguments extends readonly unknown[], Result>(
  compute: (owner: Owner, ...values: Arguments) => Result,
): (owner: Owner, ...values: Arguments) => Result {
  const known = new WeakMap<Owner, (...values: Arguments) => Result>();
  return (owner, ...values) => {
    let own = known.get(owner);
    if (!own) {
      own = memoised<Arguments, Result>((...rest) => compute(owner, ...rest));
      known.set(owner, own);
    }
    return own(...values);
  };
}

/** Gives the list from before as long as it holds the very same things. */
export function memoisedList<Entry>(): (list: readonly Entry[]) => readonly Entry[] {
  let last: readonly Entry[] = [];
  return (list) => {
    if (!sameAll(list, last)) last = list;
    return last;
  };
}
