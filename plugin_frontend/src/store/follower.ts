import { isExpected } from './failures';
import type { Store } from './store';

/**
 * Keeps a part of the state in line with others: runs `work` whenever what `key` returns changes,
 * and cancels what is still under way from before.
 */
export class Follower<State extends object> {
  private last: readonly unknown[] = [];
  private request = new AbortController();

  /**
   * @param key the values that `work` depends on, compared one by one.
   * @param failed called with a message when the server can't answer.
   */
  constructor(
    private readonly store: Store<State>,
    private readonly key: (state: State) => readonly unknown[],
    private readonly work: (state: State, signal: AbortSignal) => Promise<void>,
    private readonly failed: (message: string) => void,
  ) {
    store.subscribe((state) => this.follow(state));
  }

  private follow(state: State): void {
    const key = this.key(state);
    const same = key.length === this.last.length && key.every((one, i) => one === this.last[i]);
    if (same) return;
    this.last = key;
    this.request.abort();
    this.request = new AbortController();
    void this.run(this.store.state, this.request.signal);
  }

  private async run(state: State, signal: AbortSignal): Promise<void> {
    try {
      await this.work(state, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!isExpected(error)) throw error;
      this.failed(error.message);
    }
  }
}
