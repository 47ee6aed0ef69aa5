import type { Source } from '../api/source';
import { isAggregate } from '../model/aggregate';
import { pictureName, type Capture, type PictureKey } from '../model/capture';
import { DamagedError } from '../model/failures';
import type { AttributionsAt, ChannelGradientsAt, Gradients } from '../model/gradient';
import type { Losses } from '../model/loss';
import type { Frame, Picture, ProbePixels } from '../model/picture';
import type { FullOutput, Predictions } from '../model/prediction';
import type { Listing } from '../model/run';
import type { Series } from '../model/series';
import type { StatisticsAt } from '../model/statistics';
import { aggregate, aggregateFrame } from '../render/aggregate';
import { frameOf } from '../render/tiles';
import type { FrameAsk, OutputAsk, RunAsk, SeriesAsk } from './asks';
import { loadGradients, loadListing, loadLosses, loadPredictions, loadSeries } from './loaders';
import { Resource, type ResourceOptions } from './resource';

const MIB = 2 ** 20;

/** What is wanted now, each list with the most urgent first. */
export interface Demand {
  /** The version of the listing that the names of all runs are wanted for. */
  readonly runNames: readonly string[];
  readonly captures: readonly SeriesAsk[];
  readonly statistics: readonly SeriesAsk[];
  readonly gradients: readonly RunAsk[];
  readonly channelGradients: readonly SeriesAsk[];
  readonly attributions: readonly SeriesAsk[];
  readonly losses: readonly RunAsk[];
  readonly predictions: readonly RunAsk[];
  readonly outputs: readonly OutputAsk[];
  readonly pictures: readonly PictureKey[];
  readonly frames: readonly FrameAsk[];
  readonly probes: readonly PictureKey[];
}

/**
 * All that the tab knows. Beyond what is wanted at the moment it keeps at most 128 MiB of pictures,
 * 64 MiB of statistics, and 256 MiB of all else.
 */
export class Library {
  readonly listing: Resource<null, Listing>;
  readonly runNames: Resource<string, readonly string[]>;
  readonly captures: Resource<SeriesAsk, Series<Capture>>;
  readonly statistics: Resource<SeriesAsk, Series<StatisticsAt>>;
  readonly gradients: Resource<RunAsk, Gradients>;
  readonly channelGradients: Resource<SeriesAsk, Series<ChannelGradientsAt>>;
  readonly attributions: Resource<SeriesAsk, Series<AttributionsAt>>;
  readonly losses: Resource<RunAsk, Losses>;
  readonly predictions: Resource<RunAsk, Predictions>;
  readonly outputs: Resource<OutputAsk, FullOutput>;
  readonly pictures: Resource<PictureKey, Picture>;
  readonly frames: Resource<FrameAsk, Frame>;
  readonly probes: Resource<PictureKey, ProbePixels>;

  private readonly all: readonly Pick<Resource<unknown, unknown>, 'retry'>[];

  /**
   * @param changed told of every change.
   * @param settled told of every failure, and of every listing that came: null.
   */
  constructor(source: Source, changed: () => void, settled: (error: Error | null) => void) {
    // Some values come out of others without a request: they tell nothing of the server.
    const failed = (error: Error | null) => error && settled(error);
    const resource = <Ask, Value>(
      options: Omit<ResourceOptions<Ask, Value>, 'changed' | 'settled'>,
      told: (error: Error | null) => void = failed,
    ) => new Resource<Ask, Value>({ ...options, changed, settled: told });
    const stampOf = (ask: RunAsk) => ask.stamp;
    const seriesName = (ask: SeriesAsk) => JSON.stringify([ask.run, ask.tag]);

    this.listing = resource(
      {
        nameOf: () => '',
        load: (_, known: Listing | undefined, signal) => loadListing(source, known, signal),
        bytesOf: () => 0,
        limit: 0,
        concurrency: 1,
      },
      settled,
    );
    this.runNames = resource({
      nameOf: (version) => version,
      load: (_, known: readonly string[] | undefined, signal) =>
        known ? Promise.resolve(known) : source.runNames(signal),
      bytesOf: (names) => names.reduce((bytes, { length }) => bytes + 2 * length, 0),
      limit: MIB,
      concurrency: 1,
    });
    this.captures = resource({
      nameOf: seriesName,
      stampOf,
      load: ({ run, tag }, known: Series<Capture> | undefined, signal) =>
        loadSeries(known, (since) => source.captures(run, tag, since, signal)),
      bytesOf: ({ items }) => 500 * items.length,
      limit: 16 * MIB,
      concurrency: 3,
    });
    this.statistics = resource({
      nameOf: seriesName,
      stampOf,
      load: ({ run, tag }, known: Series<StatisticsAt> | undefined, signal) =>
        loadSeries(known, (since) => source.statistics(run, tag, since, signal)),
      bytesOf: ({ items }) => items.reduce((bytes, { values }) => bytes + values.byteLength, 0),
      limit: 64 * MIB,
      concurrency: 1,
    });
    this.gradients = resource({
      nameOf: ({ run }) => run,
      stampOf,
      load: ({ run }, known: Gradients | undefined, signal) =>
        loadGradients(source, run, known, signal),
      bytesOf: ({ series }) =>
        series.reduce((bytes, { steps }) => bytes + steps.length * valueBytes(steps), 0),
      limit: 32 * MIB,
      concurrency: 2,
    });
    this.channelGradients = resource({
      nameOf: seriesName,
      stampOf,
      load: ({ run, tag }, known: Series<ChannelGradientsAt> | undefined, signal) =>
        loadSeries(known, (since) => source.channelGradients(run, tag, since, signal)),
      bytesOf: ({ items }) => items.length * valueBytes(items),
      limit: 32 * MIB,
      concurrency: 1,
    });
    this.attributions = resource({
      nameOf: seriesName,
      stampOf,
      load: ({ run, tag }, known: Series<AttributionsAt> | undefined, signal) =>
        loadSeries(known, (since) => source.attributions(run, tag, since, signal)),
      bytesOf: ({ items }) => items.length * valueBytes(items),
      limit: 32 * MIB,
      concurrency: 1,
    });
    this.losses = resource({
      nameOf: ({ run }) => run,
      stampOf,
      load: ({ run }, known: Losses | undefined, signal) => loadLosses(source, run, known, signal),
      bytesOf: ({ terms }) => terms.reduce((bytes, { points }) => bytes + 60 * points.length, 0),
      limit: 32 * MIB,
      concurrency: 2,
    });
    this.predictions = resource({
      nameOf: ({ run }) => run,
      stampOf,
      load: ({ run }, known: Predictions | undefined, signal) =>
        loadPredictions(source, run, known, signal),
      bytesOf: ({ heads }) => heads.reduce((bytes, { steps }) => bytes + 1000 * steps.length, 0),
      limit: 32 * MIB,
      concurrency: 2,
    });
    this.outputs = resource({
      nameOf: ({ run, tag, step, wallTime }) => JSON.stringify([run, tag, step, wallTime]),
      load: async ({ run, tag, step }, known: FullOutput | undefined, signal) =>
        known ?? source.output(run, tag, step, signal),
      bytesOf: ({ values }) => values.byteLength,
      limit: 32 * MIB,
      concurrency: 2,
    });
    this.pictures = resource({
      nameOf: pictureName,
      load: async (key, known: Picture | undefined, signal) => known ?? source.picture(key, signal),
      bytesOf: ({ levels }) => levels.byteLength,
      limit: 128 * MIB,
      concurrency: 3,
    });
    this.frames = resource({
      nameOf: ({ picture, channel, leftOut }) =>
        `${pictureName(picture)}/${channel}/${leftOut.join()}`,
      load: async (ask, known: Frame | undefined, signal) =>
        known ?? frameFor(ask, await this.pictureOf(source, ask.picture, signal)),
      bytesOf: ({ levels }) => levels.byteLength,
      limit: 32 * MIB,
      concurrency: 2,
    });
    this.probes = resource({
      nameOf: pictureName,
      load: async (key, known: ProbePixels | undefined, signal) =>
        known ?? source.probe(key, signal),
      bytesOf: ({ rgba }) => rgba.byteLength,
      limit: 16 * MIB,
      concurrency: 2,
    });
    this.all = [
      this.listing,
      this.runNames,
      this.captures,
      this.statistics,
      this.gradients,
      this.channelGradients,
      this.attributions,
      this.losses,
      this.predictions,
      this.outputs,
      this.pictures,
      this.frames,
      this.probes,
    ];
  }

  /** Says what is wanted from now on. */
  want(demand: Demand): void {
    this.captures.want(demand.captures);
    this.runNames.want(demand.runNames);
    this.pictures.want(demand.pictures);
    this.losses.want(demand.losses);
    this.gradients.want(demand.gradients);
    this.channelGradients.want(demand.channelGradients);
    this.attributions.want(demand.attributions);
    this.predictions.want(demand.predictions);
    this.probes.want(demand.probes);
    this.frames.want(demand.frames);
    this.outputs.want(demand.outputs);
    this.statistics.want(demand.statistics);
  }

  /** Asks for what is new: the listing tells of most of it, but not of losses. */
  refresh(): void {
    this.listing.refresh();
    this.losses.refresh();
  }

  /** Tries again what has failed. */
  retry(): void {
    for (const resource of this.all) resource.retry();
  }

  /** What is wrong with the lists and tables that are wanted; pictures say so in their place. */
  problems(): readonly string[] {
    const { listing, captures, statistics, losses, predictions } = this;
    const tables = [
      ...[listing, captures, statistics, losses, predictions],
      ...[this.gradients, this.channelGradients, this.attributions],
    ];
    return [...new Set(tables.flatMap((resource) => resource.problems()))];
  }

  private async pictureOf(source: Source, key: PictureKey, signal: AbortSignal): Promise<Picture> {
    const known = this.pictures.peek(key);
    return known.status === 'ready' ? known.value : source.picture(key, signal);
  }
}

/** Throws `DamagedError` where there is nothing to make it of. */
function frameFor({ channel, leftOut, step }: FrameAsk, picture: Picture): Frame {
  if (!isAggregate(channel)) {
    // Captures of one layer can differ in their channels, where a run was written anew.
    if (channel < picture.scale.channels) return frameOf(picture, channel, step);
    throw new DamagedError(`The capture at step ${step} has no channel ${channel}.`);
  }
  const map = aggregate(picture, channel, leftOut);
  if (!map) throw new DamagedError('No channel has finite values only.');
  return aggregateFrame(map, step);
}

function valueBytes(items: readonly { readonly values: Float32Array }[]): number {
  return items[0]?.values.byteLength ?? 0;
}
