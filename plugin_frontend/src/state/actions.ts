import type { AppState } from '../app_state';
import { paneOf, panesOf } from '../derive/panes';
import { listedRuns, placeOf, runNamed } from '../derive/place';
import { channelOf, type MapId } from '../model/aggregate';
import type { Run } from '../model/run';
import type { Look } from './look';
import { Player } from './player';
import type { Comparison, PaneIndex, ProbePoint, Sheet, View } from './selection';

/** All that the user can do. */
export class Actions {
  private readonly player: Player;

  constructor(private readonly app: AppState) {
    this.player = new Player(
      app.playing,
      () => this.rewind(),
      () => this.advance(),
    );
  }

  /** Goes to a run, to the layer of the same name if it has one. */
  chooseRun(name: string): void {
    const { listing } = this.app;
    const run = listing && runNamed(listing, name);
    if (!run) return;
    const { probe, comparison } = this.app.selection.value;
    const own = this.place()?.layer?.name;
    const layer = run.layers.find((candidate) => candidate.name === own) ?? run.layers[0];
    this.app.selection.patch({
      run: name,
      layer: layer?.tag ?? null,
      channel: null,
      probe: probe < (run.probes?.count ?? 1) ? probe : 0,
      comparison: comparison?.kind === 'run' && comparison.run === name ? null : comparison,
      pane: 0,
    });
  }

  /** @param text a regular expression; the runs whose names match are drawn together. */
  filterRuns(text: string): void {
    this.app.selection.patch({ runFilter: text });
  }

  chooseLayer(tag: string): void {
    this.app.selection.patch({ layer: tag, channel: null, sheet: null });
  }

  moveLayer(by: number): void {
    const place = this.place();
    const layers = place?.run?.layers ?? [];
    const next = layers[layers.findIndex((layer) => layer === place?.layer) + by];
    if (next) this.chooseLayer(next.tag);
  }

  chooseProbe(probe: number): void {
    this.app.selection.patch({ probe });
  }

  /**
   * Opens a channel, or the map made of all channels.
   *
   * @param pane the pane whose channel it is.
   */
  chooseChannel(channel: MapId | null, pane = this.app.selection.value.pane): void {
    this.app.selection.patch({ channel, pane, sheet: channel === null ? null : 'side' });
  }

  openSheet(sheet: Sheet): void {
    this.app.selection.patch({ sheet });
  }

  /** Takes away what lies over or beside the view: the channel, else the panel. */
  leave(): void {
    this.app.selection.patch({ channel: null, sheet: null });
  }

  /** Puts the channels in the order of what they respond with at a point of the probe. */
  choosePoint(point: ProbePoint | null): void {
    this.app.selection.patch({ point });
  }

  /** Says which pane the panels beside the maps are of. */
  choosePane(pane: PaneIndex): void {
    this.app.selection.patch({ pane });
  }

  /** Chooses the channel before or after in the grid's order; the first without one. */
  moveChannel(by: number): void {
    const { order } = this.app;
    const channel = channelOf(this.app.selection.value.channel);
    const index = channel === null ? -1 : order.indexOf(channel);
    const next = order[index < 0 ? 0 : index + by];
    if (next !== undefined) this.chooseChannel(next);
  }

  /** Puts the cursor on any step between the first and the last. */
  chooseStep(step: number): void {
    const { stops = [] } = this.app.timeline ?? {};
    const [first, last] = [stops[0], stops.at(-1)];
    if (first === undefined || last === undefined) return;
    const within = Math.max(first, Math.min(last, Math.round(step)));
    this.app.selection.patch({ step: within, following: within === last });
  }

  /** Puts the cursor on the stop of an index. */
  chooseStop(index: number): void {
    const step = this.app.timeline?.stops[index];
    if (step !== undefined) this.chooseStep(step);
  }

  /** Goes to the stop before or after the cursor. */
  moveStep(by: 1 | -1): void {
    const { timeline } = this.app;
    if (!timeline || timeline.cursor === null) return;
    const { stops, cursor } = timeline;
    const next =
      by > 0 ? stops.find((step) => step > cursor) : stops.findLast((step) => step < cursor);
    if (next !== undefined) this.chooseStep(next);
  }

  /** Goes to the newest step and stays on it. */
  follow(): void {
    this.app.selection.patch({ following: true, step: null });
  }

  togglePlay(): void {
    this.player.toggle();
  }

  /** @param comparison null to compare with nothing. */
  compare(comparison: Comparison | null): void {
    this.app.selection.patch({ comparison, pane: 0 });
  }

  setView(view: View): void {
    this.app.selection.patch({ view });
  }

  /** Lays a panel over the view, or takes it away; seen only where it doesn't stand beside. */
  toggleSheet(sheet: Sheet): void {
    const open = this.app.selection.value.sheet === sheet;
    this.app.selection.patch({ sheet: open ? null : sheet });
  }

  /** Changes how things are shown. */
  show(change: Partial<Look>): void {
    this.app.look.patch(change);
  }

  /** Asks the server again, also for what has failed. */
  retry(): void {
    this.app.library.retry();
    this.app.live.ask();
  }

  /** The runs that can be compared with the chosen one. */
  otherRuns(): readonly Run[] {
    const { listing } = this.app;
    const own = this.place()?.run;
    if (!listing) return [];
    return listedRuns(listing).filter((run) => run.layers.length && run !== own);
  }

  private place() {
    const { listing, selection } = this.app;
    return listing && placeOf(listing, selection.value.run, selection.value.layer);
  }

  private rewind(): void {
    const { timeline } = this.app;
    if (timeline && timeline.index === timeline.stops.length - 1) this.chooseStop(0);
  }

  private advance(): boolean {
    const { listing, selection, library, timeline } = this.app;
    if (!listing || !timeline) return false;
    const pane = paneOf(panesOf(listing, selection.value, library).first);
    if (pane?.picture.status === 'loading') return true; // the picture is still on its way
    if (timeline.index >= timeline.stops.length - 1) return false;
    this.moveStep(1);
    return true;
  }
}
