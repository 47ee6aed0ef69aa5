import { decodePicture, type Picture } from './picture';
import type { Capture, HeadOutputs, Losses, Runs, Stats } from './types';

// Vite would take `new URL('…', import.meta.url)` for an asset to bundle.
const moduleAddress = import.meta.url;

/** A request that failed, with a message to show. */
export class RequestError extends Error {}

interface PackedStats {
  columns: string[];
  steps: { step: number; shape: number[]; values: string }[];
}

/** Speaks to the plugin's routes. */
export class Client {
  /** @param base address of the routes; the module lies in their `static/`. */
  constructor(private readonly base: URL = new URL('../', moduleAddress)) {}

  runs(signal?: AbortSignal): Promise<Runs> {
    return this.json('runs', {}, signal);
  }

  async steps(run: string, tag: string, signal?: AbortSignal): Promise<Capture[]> {
    return (await this.json<{ steps: Capture[] }>('steps', { run, tag }, signal)).steps;
  }

  losses(run: string, signal?: AbortSignal): Promise<Losses> {
    return this.json('losses', { run }, signal);
  }

  async outputs(run: string, signal?: AbortSignal): Promise<HeadOutputs[]> {
    return (await this.json<{ heads: HeadOutputs[] }>('outputs', { run }, signal)).heads;
  }

  async stats(run: string, tag: string, signal?: AbortSignal): Promise<Stats> {
    const packed = await this.json<PackedStats>('stats', { run, tag }, signal);
    return {
      columns: packed.columns,
      steps: packed.steps.map((one) => ({ ...one, values: unpackFloats(one.values) })),
    };
  }

  /** Address of a picture, for an `<img>`. */
  pictureAddress(key: string): string {
    return this.address('image', { blob_key: key }).href;
  }

  /** A picture's file. */
  async pictureFile(key: string): Promise<Blob> {
    return (await this.fetch(this.address('image', { blob_key: key }))).blob();
  }

  /** A channel atlas with its scale. */
  async picture(key: string, signal?: AbortSignal): Promise<Picture> {
    const response = await this.fetch(this.address('image', { blob_key: key }), signal);
    return decodePicture(await response.arrayBuffer());
  }

  private async json<T>(
    route: string,
    query: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.fetch(this.address(route, query), signal);
    return (await response.json()) as T;
  }

  private address(route: string, query: Record<string, string>): URL {
    const address = new URL(route, this.base);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    return address;
  }

  private async fetch(address: URL, signal?: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(address, { signal });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new RequestError('TensorBoard does not answer. Is it still running?');
    }
    if (!response.ok) throw new RequestError(await errorOf(response));
    return response;
  }
}

async function errorOf(response: Response): Promise<string> {
  try {
    const content = (await response.json()) as { error?: string };
    if (content.error) return `TensorBoard answered: ${content.error}`;
  } catch {
    // Not JSON: a proxy's page, say.
  }
  return `TensorBoard answered with status ${response.status}.`;
}

/** Base64 of little-endian float32 to numbers. */
export function unpackFloats(packed: string): Float32Array {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
