/** One immutable value; listeners are told of a change once, after all changes of a turn. */
export class Store<Value> {
  private readonly listeners = new Set<() => void>();
  private scheduled = false;

  constructor(private current: Value) {}

  get value(): Value {
    return this.current;
  }

  set(value: Value): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    this.notify();
  }

  /** Changes some fields; where all are as they were, nothing happens. */
  patch(change: Partial<Value>): void {
    const fields = Object.keys(change) as (keyof Value)[];
    if (fields.every((field) => Object.is(change[field], this.current[field]))) return;
    this.set({ ...this.current, ...change });
  }

  /** Returns what ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      for (const listener of this.listeners) listener();
    });
  }
}
