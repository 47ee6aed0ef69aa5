import { expect, test } from 'vitest';
import { animatedPng, crc32 } from './apng';

// 1×1 grey PNG files of level 0 and 255.
const files = [
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEANl9ngAAAAABJRU5ErkJggg==',
].map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));

test('the check is that of the PNG specification', () => {
  expect(crc32(new TextEncoder().encode('IEND'))).toBe(0xae426082);
});

test('frames follow each other with running numbers', () => {
  const bytes = animatedPng(files, 250);
  const text = String.fromCharCode(...bytes);
  const kinds = [...text.matchAll(/IHDR|acTL|fcTL|IDAT|fdAT|IEND/g)].map(([kind]) => kind);
  expect(kinds).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND']);
  const view = new DataView(bytes.buffer);
  const numbers = [...text.matchAll(/fcTL|fdAT/g)].map(({ index }) => view.getUint32(index + 4));
  expect(numbers).toEqual([0, 1, 2]);
  expect(view.getUint32(text.indexOf('acTL') + 4)).toBe(2);
});

test('an animation without frames is refused', () => {
  expect(() => animatedPng([], 250)).toThrow('at least one');
});
