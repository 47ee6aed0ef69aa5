import { expect, test } from 'vitest';
import { arrayOf, parseFrame } from './frame';

function frame(header: object, ...arrays: ArrayBufferView[]): ArrayBuffer {
  const text = [...new TextEncoder().encode(JSON.stringify(header))];
  while (text.length % 8) text.push(32);
  const bytes = [0x54, 0x42, 0x46, 0x4d, text.length & 255, text.length >> 8, 0, 0, ...text];
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.push(...new Uint8Array(buffer, byteOffset, byteLength));
    while (bytes.length % 8) bytes.push(0);
  }
  return Uint8Array.from(bytes).buffer;
}

const spec = (name: string, dtype: string, ...shape: number[]) => ({ name, dtype, shape });

test('arrays of every kind come back, with what JSON can not hold', () => {
  const arrays = [spec('a', '<f4', 3), spec('b', '<i4', 1), spec('c', '<f8', 1, 2)];
  const values = [new Float32Array([1.5, NaN, -Infinity]), new Int32Array([-1])];
  const framed = parseFrame<{ run: string }>(
    frame({ run: '日本', arrays }, ...values, new Float64Array([1e300, 2])),
  );
  expect(framed.header.run).toBe('日本');
  expect([...arrayOf(framed, 'a', 1).values]).toEqual([1.5, NaN, -Infinity]);
  expect([...arrayOf(framed, 'b', 1).values]).toEqual([-1]);
  expect([...arrayOf(framed, 'c', 2).values]).toEqual([1e300, 2]);
});

test.each([
  ['no frame', new TextEncoder().encode('<html></html>').buffer, /something else/],
  ['an empty answer', new ArrayBuffer(0), /something else/],
  ['a header cut short', frame({ arrays: [] }).slice(0, 12), /cut short/],
  ['an array cut short', frame({ arrays: [spec('a', '<f8', 1000)] }), /cut short/],
  ['a negative size', frame({ arrays: [spec('a', '<f8', -4, -4)] }), /-4, -4/],
  ['a huge size', frame({ arrays: [spec('a', '<f8', 2 ** 40, 2 ** 40)] }), /cut short/],
])('%s is refused', (_, bytes, message) => {
  expect(() => parseFrame(bytes)).toThrow(message);
});

test('an array of other dimensions, or none, is refused', () => {
  const framed = parseFrame(frame({ arrays: [spec('a', '<f4', 1)] }, new Float32Array(1)));
  expect(() => arrayOf(framed, 'a', 2)).toThrow(/2 dimensions. Received: \[1\]/);
  expect(() => arrayOf(framed, 'b', 1)).toThrow(/Received: none/);
});
