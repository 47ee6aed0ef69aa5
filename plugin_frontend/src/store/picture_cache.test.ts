import { expect, test } from 'vitest';
import type { Picture } from '../api/picture';
import { PictureCache } from './picture_cache';

const picture = (bytes: number) => ({ levels: new Uint8Array(bytes) }) as Picture;

test('the least recently used is dropped first', () => {
  const cache = new PictureCache(100);
  for (const key of ['a', 'b']) cache.put(key, picture(50));
  cache.get('a');
  cache.put('c', picture(50));
  expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
});

test('a picture larger than the cache is kept alone', () => {
  const cache = new PictureCache(100);
  cache.put('a', picture(50));
  cache.put('large', picture(500));
  expect(cache.get('a')).toBeUndefined();
  expect(cache.get('large')).toBeDefined();
});
