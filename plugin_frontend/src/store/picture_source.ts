import type { Client } from '../api/client';
import type { Picture } from '../api/picture';
import { PictureCache } from './picture_cache';

const CACHE_BYTES = 256 * 2 ** 20;

/** Decoded pictures by key, fetched at most once at a time. */
export class PictureSource {
  private readonly cache = new PictureCache(CACHE_BYTES);

  constructor(private readonly client: Client) {}

  async get(key: string, signal: AbortSignal): Promise<Picture> {
    const cached = this.cache.get(key);
    if (cached) return cached;
    const picture = await this.client.picture(key, signal);
    this.cache.put(key, picture);
    return picture;
  }
}
