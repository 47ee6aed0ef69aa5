import { UnreachableError } from '../model/failures';
import type { Store } from '../state/store';

/** The server itself looks for new data every five seconds. */
const INTERVAL_MILLISECONDS = 5000;
const LONGEST_MILLISECONDS = 60_000;

/** Whether what is shown is kept up to date. */
export interface Connection {
  readonly state: 'live' | 'lost' | 'paused';
  /** Why the server can't be reached; null unless it is lost. */
  readonly message: string | null;
}

/** Asks for what is new every few seconds while the page is seen, less often while nobody answers. */
export class Live {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delay = INTERVAL_MILLISECONDS;
  private visible = false;

  /**
   * @param refresh asks for what is new.
   * @param recovered told when the server answers again.
   */
  constructor(
    private readonly connection: Store<Connection>,
    private readonly refresh: () => void,
    private readonly recovered: () => void,
  ) {}

  /** Says whether the page is seen; asks at once when it comes back. */
  show(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    clearTimeout(this.timer);
    if (visible) this.ask();
    else if (this.connection.value.state === 'live') {
      this.connection.patch({ state: 'paused' });
    }
  }

  /** Asks at once, and then goes on as before. */
  ask(): void {
    clearTimeout(this.timer);
    this.refresh();
    const lost = this.connection.value.state === 'lost';
    this.delay = lost ? Math.min(LONGEST_MILLISECONDS, 2 * this.delay) : INTERVAL_MILLISECONDS;
    if (this.visible) this.timer = setTimeout(() => this.ask(), this.delay);
  }

  /** Takes note of how a request ended. */
  settled(error: Error | null): void {
    const lost = this.connection.value.state === 'lost';
    if (error instanceof UnreachableError) {
      this.connection.patch({ state: 'lost', message: error.message });
      return;
    }
    if (!this.visible) return;
    this.connection.patch({ state: 'live', message: null });
    if (lost) this.recovered();
  }
}
