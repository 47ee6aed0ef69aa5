import { expect, test } from 'vitest';
import { parseScale } from './scale';

/** A serialized AtlasScale, written by hand from the field numbers of featuremaps.proto. */
function serialized(version = 1, lo = [-1.5, 0], hi = [2.25, 0]): number[] {
  const floats = (values: number[]) => [...new Uint8Array(new Float32Array(values).buffer)];
  const numbers = [1, version, 2, 2, 3, 7, 4, 150, 5, 2];
  const bytes: number[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    bytes.push(numbers[index]! << 3, ...varint(numbers[index + 1]!));
  }
  bytes.push((6 << 3) | 2, lo.length * 4, ...floats(lo));
  bytes.push((7 << 3) | 2, hi.length * 4, ...floats(hi));
  return bytes;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

test('the scale comes back', () => {
  const scale = parseScale(Uint8Array.from(serialized()));
  expect(scale).toMatchObject({ channels: 2, tileHeight: 7, tileWidth: 150, columns: 2 });
  expect([...scale.lo]).toEqual([-1.5, 0]);
  expect([...scale.hi]).toEqual([2.25, 0]);
});

test('fields that are not known are skipped', () => {
  const long = [...varint((20 << 3) | 0), 5, ...varint((22 << 3) | 2), 3, 9, 9, 9];
  expect(parseScale(Uint8Array.from([...long, ...serialized()])).channels).toBe(2);
});

test.each([
  ['another version', () => parseScale(Uint8Array.from(serialized(9))), /version 9.*Update/],
  ['a packed list cut short', () => parseScale(Uint8Array.from([50, 8, 1])), /cut short/],
  ['no number', () => parseScale(Uint8Array.from(serialized(1, [NaN, 0]))), /not finite/],
  ['a scale cut short', () => parseScale(Uint8Array.from([8, 255])), /cut short/],
  ['too few channels', () => parseScale(Uint8Array.from(serialized(1, [1]))), /does not fit/],
])('%s is a clear error', (_, read, message) => {
  expect(read).toThrow(message);
});
