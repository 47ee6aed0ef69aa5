import { afterEach, expect, test, vi } from 'vitest';
import { Client, RequestError, unpackFloats } from './client';

const client = new Client(new URL('http://host/prefix/data/plugin/featuremaps/'));

afterEach(() => vi.unstubAllGlobals());

test('packed floats keep what JSON can not hold', () => {
  const bytes = new Uint8Array(new Float32Array([1.5, NaN, -Infinity]).buffer);
  expect([...unpackFloats(btoa(String.fromCharCode(...bytes)))]).toEqual([1.5, NaN, -Infinity]);
});

test('names of any script survive the address', () => {
  const address = new URL(client.pictureAddress('a/b ?&日本~0x1p+30'));
  expect(address.pathname).toBe('/prefix/data/plugin/featuremaps/image');
  expect(address.searchParams.get('blob_key')).toBe('a/b ?&日本~0x1p+30');
});

test.each([
  [new Response('{"error": "no such run."}', { status: 404 }), 'no such run.'],
  [new Response('<html>', { status: 502 }), 'status 502'],
])('an answer that is none says why', async (response, message) => {
  vi.stubGlobal('fetch', () => Promise.resolve(response));
  await expect(client.runs()).rejects.toThrow(message);
});

test('a server that is gone is a request error', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
  await expect(client.runs()).rejects.toThrow(RequestError);
});
