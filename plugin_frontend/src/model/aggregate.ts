/** A map made of all channels of a layer, place by place; `top5` is of five of them. */
export type Aggregate = 'mean' | 'maximum' | `top${number}`;

/** What can be opened large: a channel by its number, or a map made of all of them. */
export type MapId = number | Aggregate;

export const DEFAULT_TOP = 5;
const TOP = /^top([1-9]\d{0,5})$/;

export function isAggregate(id: MapId | null): id is Aggregate {
  return typeof id === 'string';
}

/** The number of a channel; null where none is open, or a map made of all. */
export function channelOf(id: MapId | null): number | null {
  return isAggregate(id) ? null : id;
}

export function topAggregate(count: number): Aggregate {
  return `top${count}`;
}

/** Of how many channels it is; null for all of them. */
export function topCount(aggregate: Aggregate): number | null {
  const count = TOP.exec(aggregate)?.[1];
  return count === undefined ? null : Number(count);
}

/** Reads what a link calls it; null where it calls none. */
export function aggregateNamed(text: string): Aggregate | null {
  if (text === 'mean' || text === 'maximum') return text;
  return TOP.test(text) ? (text as Aggregate) : null;
}

export function aggregateLabel(aggregate: Aggregate): string {
  const count = topCount(aggregate);
  return count === null ? aggregate : `top-${count} mean`;
}
