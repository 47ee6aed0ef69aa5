import type { Capture, PictureKey } from '../model/capture';
import type {
  AttributionsAt,
  ChannelGradientsAt,
  GradientsAt,
  GradientSeries,
} from '../model/gradient';
import type { LossPoint, LossTerm } from '../model/loss';
import type { Picture, ProbePixels } from '../model/picture';
import type { FullOutput, HeadPredictions, PredictionsAt } from '../model/prediction';
import type { Run } from '../model/run';
import type { StatisticsAt } from '../model/statistics';

/** An item as it is told apart: a step alone is not enough, since reruns write steps anew. */
export type ItemKey = readonly [step: number, wallTime: number];

/** What changed in a series since a version. */
export interface Growth<Entry> {
  /** Whether the items are all that there are. */
  readonly reset: boolean;
  /** Which of the items from before still stand; null for all. */
  readonly kept: readonly ItemKey[] | null;
  readonly items: readonly Entry[];
}

export interface SeriesAnswer<Entry> extends Growth<Entry> {
  readonly version: string;
  readonly allKept: boolean;
  readonly messages: readonly string[];
}

export interface ListingAnswer {
  readonly version: string;
  readonly reset: boolean;
  /** Names and versions of the runs from before that still stand; null for all. */
  readonly kept: ReadonlyMap<string, string> | null;
  readonly runs: readonly Run[];
  readonly messages: readonly string[];
}

export interface LossesAnswer {
  readonly version: string;
  readonly reset: boolean;
  readonly messages: readonly string[];
  readonly terms: readonly (Omit<LossTerm, 'points'> & { readonly growth: Growth<LossPoint> })[];
}

export interface GradientsAnswer {
  readonly version: string;
  readonly reset: boolean;
  readonly messages: readonly string[];
  readonly series: readonly (Omit<GradientSeries, 'steps'> & {
    readonly growth: Growth<GradientsAt>;
  })[];
}

export interface PredictionsAnswer {
  readonly version: string;
  readonly reset: boolean;
  readonly messages: readonly string[];
  readonly heads: readonly (Omit<HeadPredictions, 'steps' | 'classNames'> & {
    /** Null where they are known from before. */
    readonly classNames: readonly string[] | null;
    readonly growth: Growth<PredictionsAt>;
  })[];
}

/**
 * Where the tab's data comes from. A version that was given before (`since`) asks for what is new
 * since then; null asks for everything.
 *
 * All throw `UnreachableError`, `RefusedError` or `DamagedError`.
 */
export interface Source {
  /** When all that it holds was taken out of the logs; null where more may come. */
  readonly made: Date | null;
  listing(since: string | null, signal: AbortSignal): Promise<ListingAnswer>;
  /** All runs of the log directory, also those without data of ours, in TensorBoard's order. */
  runNames(signal: AbortSignal): Promise<readonly string[]>;
  captures(
    run: string,
    tag: string,
    since: string | null,
    signal: AbortSignal,
  ): Promise<SeriesAnswer<Capture>>;
  statistics(
    run: string,
    tag: string,
    since: string | null,
    signal: AbortSignal,
  ): Promise<SeriesAnswer<StatisticsAt>>;
  predictions(run: string, since: string | null, signal: AbortSignal): Promise<PredictionsAnswer>;
  output(run: string, tag: string, step: number, signal: AbortSignal): Promise<FullOutput>;
  gradients(run: string, since: string | null, signal: AbortSignal): Promise<GradientsAnswer>;
  channelGradients(
    run: string,
    tag: string,
    since: string | null,
    signal: AbortSignal,
  ): Promise<SeriesAnswer<ChannelGradientsAt>>;
  attributions(
    run: string,
    tag: string,
    since: string | null,
    signal: AbortSignal,
  ): Promise<SeriesAnswer<AttributionsAt>>;
  losses(run: string, since: string | null, signal: AbortSignal): Promise<LossesAnswer>;
  /** A channel atlas with its scale. */
  picture(key: PictureKey, signal: AbortSignal): Promise<Picture>;
  /** A probe as it was logged. */
  probe(key: PictureKey, signal: AbortSignal): Promise<ProbePixels>;
  /** A picture's file. */
  pictureFile(key: PictureKey, signal: AbortSignal): Promise<Blob>;
  /** An address of a picture for an `<img>`. */
  pictureAddress(key: PictureKey): string;
}
