import type { Client } from '../api/client';
import type { Capture, Layer } from '../api/types';
import { isCancelled, isExpected } from './failures';
import { paneOrder, panesOf } from './panes';
import type { PictureSource } from './picture_source';
import { captureIndex, currentLayer, currentRun, initialState, type State } from './state';
import { nearestIndex } from './steps';
import type { Store } from './store';

const PREFETCHED = 3;
const FRAME_MILLISECONDS = 250;

/** All that changes the state: what the user does, and what the server answers. */
export class Controller {
  private runRequest = new AbortController();
  private layerRequest = new AbortController();
  private pictureRequest = new AbortController();
  private timer: number | undefined;

  constructor(
    private readonly client: Client,
    private readonly store: Store<State>,
    private readonly pictures: PictureSource,
  ) {}

  /** Fetches everything anew and keeps the user's place. */
  async reload(): Promise<void> {
    await this.guarded(async () => {
      const { runs, messages } = await this.client.runs();
      const { run } = this.store.state;
      const known = runs.find((one) => one.name === run);
      const first = runs.find((one) => one.layers.length) ?? runs[0];
      this.store.patch({ runs, messages, loaded: true, error: null });
      await this.loadRun((known ?? first)?.name ?? null);
    });
  }

  /** Goes where a deep link points; what it does not name is as at the start. */
  async go(place: Partial<State>): Promise<void> {
    const { run, layer, probe, channel, step, following, view, comparison } = initialState();
    const start = { layer, probe, channel, step, following, view, comparison };
    const sameRun = (place.run ?? run) === this.store.state.run;
    this.store.patch({ ...start, ...place, run: place.run ?? this.store.state.run });
    if (!sameRun) this.store.patch({ stats: {}, shown: null });
    await this.guarded(() => this.loadRun(this.store.state.run));
  }

  async chooseRun(name: string): Promise<void> {
    this.store.patch({ stats: {}, shown: null });
    await this.guarded(() => this.loadRun(name));
  }

  async chooseLayer(tag: string): Promise<void> {
    this.store.patch({ layer: tag, channel: null });
    await this.guarded(() => this.loadLayer());
  }

  moveLayer(by: number): void {
    const layers = currentRun(this.store.state)?.layers ?? [];
    const index = layers.findIndex((layer) => layer.tag === this.store.state.layer);
    const next = layers[index + by];
    if (next) void this.chooseLayer(next.tag);
  }

  chooseProbe(probe: number): void {
    this.store.patch({ probe });
    this.showPicture();
  }

  chooseChannel(channel: number | null): void {
    this.store.patch({ channel });
  }

  /** Chooses the channel before or after in the grid's order; the first without one. */
  moveChannel(by: number): void {
    const { state } = this.store;
    const order = paneOrder(state, panesOf(state));
    const index = state.channel === null ? -1 : order.indexOf(state.channel);
    const next = order[index < 0 ? 0 : index + by];
    if (next !== undefined) this.chooseChannel(next);
  }

  /** Moves the cursor to the capture nearest to any step. */
  chooseStep(step: number): void {
    const steps = this.store.state.captures.map((capture) => capture.step);
    this.chooseIndex(nearestIndex(steps, step));
  }

  chooseIndex(index: number): void {
    const { captures } = this.store.state;
    const capture = captures[index];
    if (!capture) return;
    this.store.patch({ step: capture.step, following: index === captures.length - 1 });
    this.showPicture();
  }

  moveStep(by: number): void {
    this.chooseIndex(captureIndex(this.store.state) + by);
  }

  /** Goes to the newest capture and stays on it. */
  follow(): void {
    this.chooseIndex(this.store.state.captures.length - 1);
  }

  togglePlay(): void {
    const playing = !this.store.state.playing;
    window.clearInterval(this.timer);
    this.store.patch({ playing });
    if (!playing) return;
    if (captureIndex(this.store.state) === this.store.state.captures.length - 1) {
      this.chooseIndex(0);
    }
    this.timer = window.setInterval(() => this.playOn(), FRAME_MILLISECONDS);
  }

  /** Changes how things are shown; fetches nothing. */
  show(
    change: Partial<
      Pick<
        State,
        | 'colormap'
        | 'comparison'
        | 'hideDead'
        | 'logScale'
        | 'lossView'
        | 'overlay'
        | 'pointed'
        | 'scaling'
        | 'smoothing'
        | 'sort'
        | 'view'
      >
    >,
  ): void {
    this.store.patch(change);
  }

  /** The file of the picture under the cursor, as the server holds it; null without one. */
  async atlasFile(): Promise<Blob | null> {
    const { captures, probe } = this.store.state;
    const key = captures[captureIndex(this.store.state)]?.blob_keys[probe];
    let file: Blob | null = null;
    await this.guarded(async () => {
      if (key !== undefined) file = await this.client.pictureFile(key);
    });
    return file;
  }

  private playOn(): void {
    const { captures, shown, step } = this.store.state;
    if (shown && shown.step !== step) return; // the last picture is still on its way
    if (captureIndex(this.store.state) >= captures.length - 1) this.togglePlay();
    else this.moveStep(1);
  }

  private async loadRun(name: string | null): Promise<void> {
    this.runRequest.abort();
    this.runRequest = new AbortController();
    const { signal } = this.runRequest;
    this.store.patch({ run: name });
    const run = currentRun(this.store.state);
    if (!run) return;
    const layer = run.layers.find((one) => one.tag === this.store.state.layer) ?? run.layers[0];
    const probe = Math.min(this.store.state.probe, Math.max(0, (run.probes?.count ?? 1) - 1));
    this.store.patch({ layer: layer?.tag ?? null, probe });
    // The captures first: in a live run, what is fetched later reaches at least as far.
    await this.loadCaptures();
    if (signal.aborted) return;
    const [losses, outputs, probes] = await Promise.all([
      run.has_losses ? this.client.losses(run.name, signal) : null,
      run.heads.length ? this.client.outputs(run.name, signal) : [],
      run.probes ? this.client.steps(run.name, run.probes.tag, signal) : [],
    ]);
    signal.throwIfAborted();
    const keys = probes.at(-1)?.blob_keys ?? [];
    const probePictures = keys.map((key) => this.client.pictureAddress(key));
    this.store.patch({ losses, outputs, probePictures });
    await this.loadAllStats(signal);
  }

  private async loadLayer(): Promise<void> {
    await this.loadCaptures();
    const { run } = this.store.state;
    const layer = currentLayer(this.store.state);
    const { signal } = this.layerRequest;
    if (run === null || !layer?.stats_tag || signal.aborted) return;
    await this.loadStats(run, layer.tag, layer.stats_tag, signal);
  }

  private async loadCaptures(): Promise<void> {
    this.layerRequest.abort();
    this.layerRequest = new AbortController();
    const { signal } = this.layerRequest;
    const { run } = this.store.state;
    const layer = currentLayer(this.store.state);
    if (run === null || !layer) {
      this.store.patch({ captures: [], shown: null });
      return;
    }
    const captures = await this.client.steps(run, layer.tag, signal);
    if (signal.aborted) return;
    this.placeCursor(captures);
    this.showPicture();
  }

  private placeCursor(captures: Capture[]): void {
    const { step, following } = this.store.state;
    const newest = captures.at(-1);
    const index = nearestIndex(
      captures.map((capture) => capture.step),
      step ?? Infinity,
    );
    const chosen = following || step === null ? newest : captures[index];
    this.store.patch({ captures, step: chosen?.step ?? null });
  }

  private async loadStats(
    run: string,
    layer: string,
    tag: string,
    signal: AbortSignal,
  ): Promise<void> {
    const stats = await this.client.stats(run, tag, signal);
    if (signal.aborted) return;
    this.store.patch({ stats: { ...this.store.state.stats, [layer]: stats } });
  }

  /** The statistics of all layers, the chosen one's first, one request at a time. */
  private async loadAllStats(signal: AbortSignal): Promise<void> {
    const run = currentRun(this.store.state);
    const chosen = (layer: Layer) => Number(layer.tag === this.store.state.layer);
    const layers = [...(run?.layers ?? [])].sort((a, b) => chosen(b) - chosen(a));
    for (const layer of layers) {
      if (signal.aborted || !run) return;
      if (layer.stats_tag) await this.loadStats(run.name, layer.tag, layer.stats_tag, signal);
    }
  }

  /** Shows the picture under the cursor; an answer that comes too late is dropped. */
  private showPicture(): void {
    void this.guarded(async () => {
      this.pictureRequest.abort();
      this.pictureRequest = new AbortController();
      const { signal } = this.pictureRequest;
      const { layer, probe, step, captures } = this.store.state;
      const index = captureIndex(this.store.state);
      const key = captures[index]?.blob_keys[probe];
      if (layer === null || step === null || key === undefined) return;
      const picture = await this.pictures.get(key, signal);
      if (signal.aborted) return;
      this.store.patch({ shown: { layer, probe, step, picture }, error: null });
      await this.prefetch(index, signal);
    });
  }

  private async prefetch(index: number, signal: AbortSignal): Promise<void> {
    const { captures, probe } = this.store.state;
    for (let distance = 1; distance <= PREFETCHED; distance++) {
      for (const near of [index + distance, index - distance]) {
        const key = captures[near]?.blob_keys[probe];
        if (signal.aborted) return;
        if (key !== undefined) await this.pictures.get(key, signal);
      }
    }
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isCancelled(error)) return;
      if (!isExpected(error)) throw error;
      this.store.patch({ error: error.message, loaded: true });
    }
  }
}
