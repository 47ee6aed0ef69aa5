import { afterEach, expect, test, vi } from 'vitest';
import { DamagedError, RefusedError, UnreachableError } from '../model/failures';
import { readBody } from './body';
import { HttpSource } from './http_source';

const source = new HttpSource(new URL('http://host/prefix/data/plugin/featuremaps/'));
const { signal } = new AbortController();

afterEach(() => vi.unstubAllGlobals());

test('names of any script survive the address, and a picture written anew has another', () => {
  const key = { blob: 'a/b ?&日本~0x1p+30', wallTime: 5 };
  const address = new URL(source.pictureAddress(key));
  expect(address.pathname).toBe('/prefix/data/plugin/featuremaps/image');
  expect(address.searchParams.get('blob_key')).toBe(key.blob);
  expect(source.pictureAddress({ ...key, wallTime: 6 })).not.toBe(address.href);
});

test.each([
  [new Response('{"error": "no such run."}', { status: 404 }), RefusedError, 'no such run.'],
  [new Response('<html>', { status: 502 }), UnreachableError, 'status 502'],
  [new Response('<html>', { status: 200 }), DamagedError, 'something else'],
])('an answer that is none says why', async (response, kind, message) => {
  vi.stubGlobal('fetch', () => Promise.resolve(response));
  const answer = source.listing(null, signal);
  await expect(answer).rejects.toThrow(kind);
  await expect(answer).rejects.toThrow(message);
});

test('a server that is gone is unreachable, a request that was cancelled is not', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
  await expect(source.listing(null, signal)).rejects.toThrow(UnreachableError);
  await expect(source.listing(null, AbortSignal.abort())).rejects.toThrow('refused');
});

test('an answer that is too large is not read to its end', async () => {
  await expect(readBody(new Response('x'.repeat(100)), 50)).rejects.toThrow('larger than');
  expect((await readBody(new Response('x'.repeat(50)), 50)).byteLength).toBe(50);
});
