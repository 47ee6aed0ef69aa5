import { DamagedError } from '../model/failures';
import type { PictureKey } from '../model/capture';
import type { FullOutput } from '../model/prediction';
import { decodeAtlas } from './decode/atlas';
import { parseFrame, type Framed } from './decode/frame';
import { decodeProbe } from './decode/probe';
import type { Source } from './source';
import {
  readAttributions,
  readChannelGradients,
  readGradients,
  type WireAttributions,
  type WireChannelGradients,
  type WireGradients,
} from './wire/gradients';
import { readListing, type WireListing } from './wire/listing';
import { readLosses, type WireLosses } from './wire/losses';
import { readOutput, readPredictions, type WirePredictions } from './wire/predictions';
import {
  readCaptures,
  readStatistics,
  type WireCaptures,
  type WireStatistics,
} from './wire/series';

/** What is asked of a route; null for an argument that is not given. */
export type Query = Readonly<Record<string, string | null>>;

/** Reads what the routes of docs/routes.md answer, wherever their answers come from. */
export abstract class RouteSource implements Source {
  abstract readonly made: Date | null;

  /** The body of an answer. */
  protected abstract bytes(route: string, query: Query, signal: AbortSignal): Promise<ArrayBuffer>;

  abstract pictureAddress(key: PictureKey): string;

  async listing(since: string | null, signal: AbortSignal) {
    return readListing(await this.json<WireListing>('runs', { since }, signal));
  }

  async runNames(signal: AbortSignal) {
    // TensorBoard's own route, beside those of its plugins.
    return this.json<string[]>('../../runs', {}, signal);
  }

  async captures(run: string, tag: string, since: string | null, signal: AbortSignal) {
    return readCaptures(await this.json<WireCaptures>('captures', { run, tag, since }, signal));
  }

  async statistics(run: string, tag: string, since: string | null, signal: AbortSignal) {
    const query = { run, tag, since };
    return readStatistics(await this.numbers<WireStatistics>('statistics', query, signal));
  }

  async predictions(run: string, since: string | null, signal: AbortSignal) {
    const query = { run, since };
    return readPredictions(await this.numbers<WirePredictions>('predictions', query, signal));
  }

  async output(run: string, tag: string, step: number, signal: AbortSignal): Promise<FullOutput> {
    return readOutput(await this.numbers('output', { run, tag, step: String(step) }, signal));
  }

  async losses(run: string, since: string | null, signal: AbortSignal) {
    return readLosses(await this.numbers<WireLosses>('loss_terms', { run, since }, signal));
  }

  async gradients(run: string, since: string | null, signal: AbortSignal) {
    return readGradients(await this.numbers<WireGradients>('gradients', { run, since }, signal));
  }

  async channelGradients(run: string, tag: string, since: string | null, signal: AbortSignal) {
    const query = { run, tag, since };
    return readChannelGradients(
      await this.numbers<WireChannelGradients>('channel_gradients', query, signal),
    );
  }

  async attributions(run: string, tag: string, since: string | null, signal: AbortSignal) {
    const query = { run, tag, since };
    return readAttributions(await this.numbers<WireAttributions>('attributions', query, signal));
  }

  async picture(key: PictureKey, signal: AbortSignal) {
    return decodeAtlas(await this.bytes('image', pictureQuery(key), signal));
  }

  async probe(key: PictureKey, signal: AbortSignal) {
    return decodeProbe(await this.bytes('image', pictureQuery(key), signal));
  }

  async pictureFile(key: PictureKey, signal: AbortSignal): Promise<Blob> {
    return new Blob([await this.bytes('image', pictureQuery(key), signal)], { type: 'image/png' });
  }

  private async json<T>(route: string, query: Query, signal: AbortSignal): Promise<T> {
    const text = new TextDecoder().decode(await this.bytes(route, query, signal));
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new DamagedError(`The answer of /${route} is something else than data.`);
    }
  }

  private async numbers<Header>(
    route: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<Framed<Header>> {
    return parseFrame<Header>(await this.bytes(route, query, signal));
  }
}

/**
 * Whoever answers ignores `at`; it makes another address of a picture that was written anew under
 * an old key, which the browser would else take out of its cache.
 */
export function pictureQuery({ blob, wallTime }: PictureKey): Query {
  return { blob_key: blob, at: String(wallTime) };
}
