import type { Store } from './store';

const FRAME_MILLISECONDS = 250;

/** Plays through the captures. */
export class Player {
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param rewind goes to the first capture if it is on the last.
   * @param advance goes to the next capture, if that is possible now; false at the end.
   */
  constructor(
    private readonly playing: Store<boolean>,
    private readonly rewind: () => void,
    private readonly advance: () => boolean,
  ) {}

  toggle(): void {
    if (this.playing.value) {
      this.stop();
      return;
    }
    this.playing.set(true);
    this.rewind();
    this.timer = setInterval(() => {
      if (!this.advance()) this.stop();
    }, FRAME_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.playing.set(false);
  }
}
