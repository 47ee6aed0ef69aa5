import type { PictureKey } from '../model/capture';
import { DamagedError, RefusedError, UnreachableError } from '../model/failures';
import { readBody } from './body';
import { pictureQuery, RouteSource, type Query } from './route_source';

// Vite would take `new URL('…', import.meta.url)` for an asset to bundle.
const moduleAddress = import.meta.url;

const LONGEST_WAIT_MILLISECONDS = 60_000;

/** Speaks to the plugin's routes. */
export class HttpSource extends RouteSource {
  readonly made = null;

  /** @param base address of the routes; the module lies in their `static/`. */
  constructor(private readonly base: URL = new URL('../', moduleAddress)) {
    super();
  }

  pictureAddress(key: PictureKey): string {
    return this.address('image', pictureQuery(key)).href;
  }

  protected async bytes(route: string, query: Query, signal: AbortSignal): Promise<ArrayBuffer> {
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

  private address(route: string, query: Query): URL {
    const address = new URL(route, this.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null) address.searchParams.set(name, value);
    }
    return address;
  }
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
