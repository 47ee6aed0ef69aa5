import { LOADING, problemOf, type Loadable } from '../model/loadable';
import { isExpected } from '../model/failures';

export interface ResourceOptions<Ask, Value> {
  /** The identity of what is asked for. */
  readonly nameOf: (ask: Ask) => string;
  /** What changes when the value of the same name is another; without it, values never change. */
  readonly stampOf?: (ask: Ask) => string;
  /** Fetches a value; `known` is the one from before, which comes back itself if it still holds. */
  readonly load: (ask: Ask, known: Value | undefined, signal: AbortSignal) => Promise<Value>;
  readonly bytesOf: (value: Value) => number;
  /** How many bytes of values are kept; those that are wanted now are never dropped. */
  readonly limit: number;
  /** How many requests are under way at a time. */
  readonly concurrency: number;
  /** Told of every change of a value. */
  readonly changed: () => void;
  /** Told how each request ended: null for an answer. */
  readonly settled: (error: Error | null) => void;
}

interface Entry<Ask, Value> {
  ask: Ask;
  loadable: Loadable<Value>;
  request: AbortController | null;
  /** Whether it is to be fetched, for the first time or anew. */
  due: boolean;
}

/**
 * Values by key. What is wanted is fetched, one request in flight for each key, in the order in
 * which it is wanted; what is no longer wanted is cancelled. Of the rest the least recently wanted
 * is dropped beyond a number of bytes.
 */
export class Resource<Ask, Value> {
  private readonly entries = new Map<string, Entry<Ask, Value>>();
  private wanted = new Set<string>();

  constructor(private readonly options: ResourceOptions<Ask, Value>) {}

  peek(ask: Ask): Loadable<Value> {
    return this.entries.get(this.options.nameOf(ask))?.loadable ?? LOADING;
  }

  /** Says what is wanted from now on, the most urgent first. */
  want(asks: readonly Ask[]): void {
    this.wanted = new Set(asks.map((ask) => this.options.nameOf(ask)));
    for (const ask of asks) this.touch(ask);
    for (const [name, entry] of this.entries) {
      if (!this.wanted.has(name)) this.cancel(name, entry);
    }
    this.drop();
    this.start();
  }

  /** Brings all that is wanted up to date; what is known stays meanwhile. */
  refresh(): void {
    for (const name of this.wanted) {
      const entry = this.entries.get(name);
      if (entry) entry.due = true;
    }
    this.start();
  }

  /** Tries again what has failed. */
  retry(): void {
    for (const entry of this.entries.values()) {
      entry.due ||= !entry.request && problemOf(entry.loadable) !== null;
    }
    this.start();
  }

  /** What is wrong with what is wanted, each message once. */
  problems(): string[] {
    const loadables = [...this.wanted].map((name) => this.entries.get(name)?.loadable);
    return [...new Set(loadables.map(problemOf).filter((problem) => problem !== null))];
  }

  private touch(ask: Ask): void {
    const name = this.options.nameOf(ask);
    const entry = this.entries.get(name) ?? { ask, loadable: LOADING, request: null, due: true };
    const { stampOf } = this.options;
    if (stampOf && stampOf(entry.ask) !== stampOf(ask)) entry.due = true;
    entry.ask = ask;
    this.entries.delete(name);
    this.entries.set(name, entry);
  }

  private cancel(name: string, entry: Entry<Ask, Value>): void {
    if (entry.request) {
      entry.request.abort();
      entry.request = null;
      entry.due = true; // or it would pass for up to date when it is wanted again
    }
    if (entry.loadable.status !== 'ready') this.entries.delete(name);
  }

  private drop(): void {
    let bytes = 0;
    for (const { loadable } of this.entries.values()) bytes += this.bytesOf(loadable);
    for (const [name, entry] of this.entries) {
      if (bytes <= this.options.limit) return;
      if (this.wanted.has(name)) continue;
      bytes -= this.bytesOf(entry.loadable);
      this.entries.delete(name);
    }
  }

  private bytesOf(loadable: Loadable<Value>): number {
    return loadable.status === 'ready' ? this.options.bytesOf(loadable.value) : 0;
  }

  private start(): void {
    let running = [...this.entries.values()].filter((entry) => entry.request).length;
    for (const name of this.wanted) {
      if (running >= this.options.concurrency) return;
      const entry = this.entries.get(name);
      if (!entry?.due || entry.request) continue;
      void this.fetch(entry);
      running++;
    }
  }

  private async fetch(entry: Entry<Ask, Value>): Promise<void> {
    const request = new AbortController();
    entry.request = request;
    entry.due = false;
    const known = entry.loadable.status === 'ready' ? entry.loadable.value : undefined;
    try {
      const value = await this.options.load(entry.ask, known, request.signal);
      if (entry.request !== request) return; // cancelled meanwhile
      this.options.settled(null);
      this.put(entry, { status: 'ready', value, problem: null });
    } catch (error) {
      if (entry.request !== request) return;
      const problem = error instanceof Error ? error : new Error(String(error));
      this.options.settled(problem);
      this.put(entry, failureOf(problem, known));
      if (!isExpected(error)) throw error;
    } finally {
      if (entry.request === request) entry.request = null;
      this.start();
    }
  }

  private put(entry: Entry<Ask, Value>, loadable: Loadable<Value>): void {
    const before = entry.loadable;
    const same =
      before.status === 'ready' &&
      loadable.status === 'ready' &&
      before.value === loadable.value &&
      before.problem === loadable.problem;
    if (same) return;
    entry.loadable = loadable;
    this.drop();
    this.options.changed();
  }
}

function failureOf<Value>(error: Error, known: Value | undefined): Loadable<Value> {
  if (known === undefined) return { status: 'failed', message: error.message };
  return { status: 'ready', value: known, problem: error.message };
}
