/** Holds the one state; views are told of a change at most once a frame. */
export class Store<State extends object> {
  private readonly listeners = new Set<(state: State) => void>();
  private scheduled = false;

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  patch(change: Partial<State>): void {
    this.current = { ...this.current, ...change };
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      for (const listener of this.listeners) listener(this.current);
    });
  }

  /** Returns what ends the subscription. */
  subscribe(listener: (state: State) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
