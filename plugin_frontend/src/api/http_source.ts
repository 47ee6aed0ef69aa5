import { DamagedError, RefusedError, UnreachableError } from '../model/failures';
import type { PictureKey } from '../model/capture';
import type { FullOutput } from '../model/prediction';
import { readBody } from './body';
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

// Vite would take `new URL('…', import.meta.url)` for an asset to bundle.
const moduleAddress = import.meta.url;

const LONGEST_WAIT_MILLISECONDS = 60_000;

type Query = Record<string, string | null>;

/** Speaks to the plugin's routes. */
export class HttpSource implements Source {
  /** @param base address of the routes; the module lies in their `static/`. */
  constructor(private readonly base: URL = new URL('../', moduleAddress)) {}

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

  pictureAddress(key: PictureKey): string {
    return this.address('image', pictureQuery(key)).href;
  }

  private async json<T>(route: string, query: Query, signal: AbortSignal): Promise<T> {
    const text = new TextDecoder().decode(await this.bytes(route, query, signal));
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new DamagedError(`TensorBoard answered /${route} with something else than data.`);
    }
  }

  private async numbers<Header>(
    route: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<Framed<Header>> {
    return parseFrame<Header>(await this.bytes(route, query, signal));
  }

  private address(route: string, query: Query): URL {
    const address = new URL(route, this.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null) address.searchParams.set(name, value);
    }
    return address;
  }

  private async bytes(route: string, query: Query, signal: AbortSignal): Promise<ArrayBuffer> {
    let response: Response;
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MILLISECONDS)]);
      response = await fetch(this.address(route, query), { signal: bounded });
      if (response.ok) return await readBody(response);
    } catch (error) {
      if (signal.aborted || error instanceof DamagedError) throw error;
      throw new UnreachableError('TensorBoard does not answer. Is it still running?');
    }
    throw await errorOf(response);
  }
}

/**
 * The server ignores `at`; it makes another address of a picture that was written anew under an
 * old key, which the browser would else take out of its cache.
 */
function pictureQuery({ blob, wallTime }: PictureKey): Query {
  return { blob_key: blob, at: String(wallTime) };
}

/** 503 and what a proxy says of a server that is gone are no answers of TensorBoard. */
async function errorOf(response: Response): Promise<Error> {
  const { status } = response;
  let message = `TensorBoard answered with status ${status}.`;
  try {
    const content = (await response.json()) as { error?: string };
    if (content.error) message = `TensorBoard answered: ${content.error}`;
  } catch {
    // Not JSON: a proxy's page, say.
  }
  return status >= 502 && status <= 504 ? new UnreachableError(message) : new RefusedError(message);
}
