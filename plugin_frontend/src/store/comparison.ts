import type { Client } from '../api/client';
import type { Capture, Layer, Stats } from '../api/types';
import { Follower } from './follower';
import type { PictureSource } from './picture_source';
import { currentLayer, type Compared, type State } from './state';
import { nearestIndex } from './steps';
import type { Store } from './store';

interface Series {
  run: string;
  layer: Layer;
  captures: Capture[];
  stats: Stats | undefined;
}

/** Keeps the second pane in line with the cursor: the same layer at another step or of another run. */
export class ComparisonFollower {
  private known: { runs: State['runs']; series: Series } | null = null;

  constructor(
    private readonly store: Store<State>,
    private readonly client: Client,
    private readonly pictures: PictureSource,
  ) {
    const key = (state: State) =>
      state.comparison
        ? [
            state.comparison,
            state.run,
            state.layer,
            state.probe,
            this.ownStep(state),
            state.captures,
          ]
        : [];
    const failed = (error: string) => store.patch({ error });
    new Follower(store, key, (state, signal) => this.load(state, signal), failed);
  }

  /** The second pane moves with the cursor only if it is of another run. */
  private ownStep(state: State): number | null {
    return state.comparison?.kind === 'step' ? state.comparison.step : state.step;
  }

  private async load(state: State, signal: AbortSignal): Promise<void> {
    if (!state.comparison) {
      if (state.compared || state.comparisonProblem) {
        this.store.patch({ compared: null, comparisonProblem: null });
      }
      return;
    }
    const series = await this.series(state, signal);
    if (signal.aborted) return;
    if (!series) {
      const layer = currentLayer(state)?.name ?? '';
      const comparisonProblem = `The other run has no layer ${layer}.`;
      this.store.patch({ compared: null, comparisonProblem });
      return;
    }
    const compared = await this.picture(state, series, signal);
    signal.throwIfAborted();
    if (compared) this.store.patch({ compared, comparisonProblem: null });
  }

  private async picture(
    state: State,
    series: Series,
    signal: AbortSignal,
  ): Promise<Compared | null> {
    const steps = series.captures.map((capture) => capture.step);
    const capture = series.captures[nearestIndex(steps, this.ownStep(state) ?? 0)];
    const key = capture?.blob_keys[state.probe] ?? capture?.blob_keys[0];
    if (!capture || key === undefined) return null;
    const picture = await this.pictures.get(key, signal);
    const shown = { layer: series.layer.tag, probe: state.probe, step: capture.step, picture };
    return { run: series.run, shown, stats: series.stats };
  }

  private async series(state: State, signal: AbortSignal): Promise<Series | null> {
    const layer = currentLayer(state);
    if (!layer || state.run === null || !state.comparison) return null;
    if (state.comparison.kind === 'step') {
      const stats = state.stats[layer.tag];
      return { run: state.run, layer, captures: state.captures, stats };
    }
    const run = state.runs.find((one) => one.name === (state.comparison as { run: string }).run);
    const other = run?.layers.find((one) => one.name === layer.name);
    if (!run || !other) return null;
    return this.ofRun(run.name, other, state.runs, signal);
  }

  private async ofRun(
    run: string,
    layer: Layer,
    runs: State['runs'],
    signal: AbortSignal,
  ): Promise<Series> {
    const { known } = this;
    const same = known?.runs === runs && known.series.run === run && known.series.layer === layer;
    if (same) return known.series;
    const captures = await this.client.steps(run, layer.tag, signal);
    const stats = layer.stats_tag
      ? await this.client.stats(run, layer.stats_tag, signal)
      : undefined;
    const series = { run, layer, captures, stats };
    this.known = { runs, series };
    return series;
  }
}
