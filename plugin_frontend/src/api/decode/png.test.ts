import { expect, test } from 'vitest';
import { decodeAtlas } from './atlas';
import { chunksOf, decodeGrey } from './png';

type Part = readonly [kind: string, data: Uint8Array];

function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => view.setUint32(4 * index, value));
  return new Uint8Array(view.buffer);
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function file(parts: readonly Part[]): ArrayBuffer {
  const chunk = ([kind, data]: Part) =>
    joined(words(data.length), new TextEncoder().encode(kind), data, words(0));
  return joined(Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts.map(chunk)).buffer;
}

function header(width: number, height: number, depth = 8, color = 0): Part {
  return ['IHDR', joined(words(width, height), Uint8Array.from([depth, color, 0, 0, 0]))];
}

async function pixels(rows: number[][]): Promise<Part> {
  const stream = new Blob([Uint8Array.from(rows.flat())]).stream();
  const packed = new Response(stream.pipeThrough(new CompressionStream('deflate')));
  return ['IDAT', new Uint8Array(await packed.arrayBuffer())];
}

const END: Part = ['IEND', new Uint8Array()];
const decode = (parts: readonly Part[]) => decodeGrey(chunksOf(file(parts)));

test('every row filter is undone', async () => {
  const picture = await decode([
    header(3, 5),
    await pixels([
      [0, 10, 20, 30], // as it is
      [1, 5, 5, 250], // beyond the left
      [2, 1, 1, 1], // beyond the row above
      [3, 10, 10, 10], // beyond the mean of both
      [4, 1, 2, 3], // beyond the nearest of three
    ]),
    END,
  ]);
  expect([...picture.levels]).toEqual([
    ...[10, 20, 30],
    ...[5, 10, 4],
    ...[6, 11, 5],
    ...[13, 22, 23],
    ...[14, 24, 27],
  ]);
});

test('a file of several pieces is one picture', async () => {
  const [, data] = await pixels([[0, 1, 2]]);
  const picture = await decode([
    header(2, 1),
    ['IDAT', data.subarray(0, 3)],
    ['IDAT', data.subarray(3)],
    END,
  ]);
  expect([...picture.levels]).toEqual([1, 2]);
});

test.each<[string, readonly Part[], RegExp]>([
  ['a picture that claims to be huge', [header(20_000, 20_000), END], /20000×20000.*most/],
  ['a picture without size', [header(0, 5), END], /0×5/],
  [
    'a picture in colour',
    [header(2, 1, 8, 2), await pixels([[0, 1, 2]]), END],
    /8-bit grey.*type 2/,
  ],
  ['a picture of 16 bits', [header(2, 1, 16), await pixels([[0, 1, 2]]), END], /bit depth 16/],
  ['more pixels than claimed', [header(1, 1), await pixels([[0, 1, 2, 3]]), END], /too many/],
  ['fewer pixels than claimed', [header(9, 9), await pixels([[0, 1]]), END], /cut short/],
  ['pixels that are none', [header(1, 1), ['IDAT', Uint8Array.from([1, 2])], END], /damaged/],
  ['a filter that there is not', [header(1, 1), await pixels([[7, 1]]), END], /row filter 7/],
  ['a picture without header', [END], /no header/],
])('%s is refused', async (_, parts, message) => {
  await expect(decode(parts)).rejects.toThrow(message);
});

test('a truncated file and another format are refused', async () => {
  const whole = file([header(1, 1), await pixels([[0, 1]]), END]);
  expect(() => chunksOf(whole.slice(0, -6))).toThrow(/cut short/);
  expect(() => chunksOf(new TextEncoder().encode('GIF89a').buffer)).toThrow(/PNG/);
});

function scale(channels: number, height: number, width: number, columns: number): Part {
  const floats = new Uint8Array(new Float32Array(channels).buffer);
  const field = (number: number, value: number) => [number << 3, value];
  const packed = (number: number) => [(number << 3) | 2, floats.length, ...floats];
  const numbers = [field(1, 1), field(2, channels), field(3, height), field(4, width)];
  return [
    'fmAp',
    Uint8Array.from([...numbers.flat(), ...field(5, columns), ...packed(6), ...packed(7)]),
  ];
}

test('an atlas is decoded with its scale', async () => {
  const atlas = await decodeAtlas(
    file([header(2, 1), scale(2, 1, 1, 2), await pixels([[0, 7, 9]]), END]),
  );
  expect([...atlas.levels]).toEqual([7, 9]);
  expect(atlas.scale.channels).toBe(2);
});

test.each<[string, readonly Part[], RegExp]>([
  ['without a scale', [header(2, 1), await pixels([[0, 1, 2]]), END], /no scale/],
  [
    'of another size',
    [header(2, 1), scale(4, 1, 1, 2), await pixels([[0, 1, 2]]), END],
    /Expected a picture of 2×2/,
  ],
  [
    'with tiles of nothing',
    [header(2, 1), scale(2, 0, 1, 2), await pixels([[0, 1, 2]]), END],
    /does not fit/,
  ],
])('an atlas %s is refused', async (_, parts, message) => {
  await expect(decodeAtlas(file(parts))).rejects.toThrow(message);
});
