import type { Source } from './api/source';
import { Library } from './data/library';
import { Live, type Connection } from './data/live';
import { demandOf } from './derive/demand';
import { placeOf } from './derive/place';
import { HeldOrder } from './derive/held_order';
import { orderOf } from './derive/order';
import { panesOf } from './derive/panes';
import { timelineOf, type Timeline } from './derive/timeline';
import { valueOf } from './model/loadable';
import type { Listing } from './model/run';
import { PLAIN, type Look } from './state/look';
import type { Pointed } from './state/pointer';
import { START, type ProbePoint, type Selection } from './state/selection';
import { Store } from './state/store';

/** All state of the tab in one place: what the user chose, and what is known. */
export class AppState {
  readonly selection = new Store<Selection>(START);
  readonly look = new Store<Look>(PLAIN);
  readonly playing = new Store(false);
  readonly connection = new Store<Connection>({ state: 'paused', message: null });
  /** A store of its own, so that hovering renders nothing else. */
  readonly pointer = new Store<Pointed | null>(null);
  /** The step that the pointer is on in the timeline; of its own for the same reason. */
  readonly preview = new Store<number | null>(null);
  /** The point of the probe that is pointed at. */
  readonly probePoint = new Store<ProbePoint | null>(null);
  readonly library: Library;
  readonly live: Live;
  private readonly held = new HeldOrder();
  private readonly changes = new Store(0);

  constructor(readonly source: Source) {
    const changed = () => this.changes.set(this.changes.value + 1);
    this.library = new Library(source, changed, (error) => this.live.settled(error));
    this.live = new Live(
      this.connection,
      () => this.library.refresh(),
      () => this.library.retry(),
    );
    for (const store of [this.selection, this.look, this.playing, this.connection]) {
      store.subscribe(changed);
    }
    this.changes.subscribe(() => this.update());
    this.preview.subscribe(() => this.demand());
    this.library.listing.want([null]);
  }

  get listing(): Listing | undefined {
    return valueOf(this.library.listing.peek(null));
  }

  /** The channel of each cell of the grid. */
  get order(): readonly number[] {
    const { listing, library } = this;
    if (!listing) return [];
    const selection = this.selection.value;
    const order = orderOf(panesOf(listing, selection, library), this.look.value, selection.point);
    const { run, layer, probe, point, comparison } = selection;
    const { sort, sortTerm, hideInactive, top } = this.look.value;
    const sorted = [sort, sortTerm, hideInactive, top];
    const name = JSON.stringify([run, layer, probe, point, comparison, ...sorted]);
    return this.held.of(name, this.playing.value, order);
  }

  get timeline(): Timeline | null {
    return this.listing ? timelineOf(this.listing, this.selection.value, this.library) : null;
  }

  /** Told after any change but the pointer's. Returns what ends the subscription. */
  subscribe(listener: () => void): () => void {
    return this.changes.subscribe(listener);
  }

  /** Goes where a link points. */
  open(selection: Selection, look: Look): void {
    this.selection.set(selection);
    this.look.set(look);
  }

  private update(): void {
    this.settle();
    this.demand();
  }

  private demand(): void {
    const { listing, selection, look, library, preview } = this;
    library.want(demandOf(listing, selection.value, look.value, library, preview.value));
  }

  /** Makes what was found for want of a choice the choice: later arrivals must not change it. */
  private settle(): void {
    const { listing } = this;
    if (!listing) return;
    const { run, layer } = placeOf(listing, this.selection.value.run, this.selection.value.layer);
    if (run) this.selection.patch({ run: run.name });
    if (layer) this.selection.patch({ layer: layer.tag });
  }
}
