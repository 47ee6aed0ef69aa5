import { valueOf } from '../model/loadable';
import type { Pane } from '../derive/panes';

/**
 * Keeps a pane on screen while the picture of its next step is on its way: it stays under its own
 * step, and only where it is of the same run, layer and probe and its capture still stands.
 */
export class LastShown {
  private last: Pane | null = null;

  /** The pane to show for one that is wanted; null where none can be. */
  of(wanted: Pane | null): Pane | null {
    if (wanted?.picture.status === 'ready') this.last = wanted;
    else if (!wanted || wanted.picture.status === 'failed' || !this.fits(wanted)) this.last = null;
    return this.last;
  }

  private fits(wanted: Pane): boolean {
    const { last } = this;
    if (!last?.capture) return false;
    return (
      last.run.name === wanted.run.name &&
      last.layer.tag === wanted.layer.tag &&
      last.probe === wanted.probe &&
      (valueOf(wanted.captures)?.items.includes(last.capture) ?? false)
    );
  }
}
