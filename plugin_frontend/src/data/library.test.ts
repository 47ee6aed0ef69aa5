import { beforeEach, expect, test } from 'vitest';
import { DamagedError, UnreachableError } from '../model/failures';
import { problemOf, valueOf } from '../model/loadable';
import { settle } from '../testing/deferred';
import { MemorySource, memoryRun } from '../testing/memory_source';
import { Library, type Demand } from './library';

const NOTHING: Demand = {
  ...{ runNames: [], captures: [], statistics: [], gradients: [], channelGradients: [] },
  ...{ attributions: [], losses: [], predictions: [], outputs: [] },
  ...{ pictures: [], frames: [], probes: [] },
};

let source: MemorySource;
let library: Library;
let changes = 0;
let outcomes: (Error | null)[] = [];

beforeEach(() => {
  source = new MemorySource([{ run: memoryRun('a', ['conv1']), steps: [0, 10] }]);
  changes = 0;
  outcomes = [];
  library = new Library(
    source,
    () => changes++,
    (error) => outcomes.push(error),
  );
});

async function want(demand: Partial<Demand>): Promise<void> {
  library.want({ ...NOTHING, ...demand });
  for (let turn = 0; turn < 10; turn++) await settle();
}

const series = { run: 'a', tag: 'featuremaps/conv1', stamp: '1' };
const picture = { blob: 'a/featuremaps/conv1/0/0', wallTime: 0 };
const frame = (channel: number) => ({ picture, channel, step: 0, leftOut: [] });

test('a frame is cut out of a picture that is there, without another request', async () => {
  await want({ pictures: [picture] });
  await want({ pictures: [picture], frames: [frame(1)] });
  expect(source.asked).toEqual([`picture ${picture.blob}`]);
  expect(valueOf(library.frames.peek(frame(1)))).toMatchObject({ step: 0, lo: 0, hi: 5 });
  expect([...valueOf(library.frames.peek(frame(1)))!.levels]).toEqual([255]);
});

test('a frame alone fetches its picture, and keeps only what it needs', async () => {
  await want({ frames: [frame(0)] });
  expect(source.asked).toEqual([`picture ${picture.blob}`]);
  expect(valueOf(library.frames.peek(frame(0)))).toMatchObject({ lo: 0, hi: 1 });
  expect(library.pictures.peek(picture).status).toBe('loading');
});

test('a channel that a picture lacks is no frame of zeros', async () => {
  await want({ frames: [frame(2)] });
  expect(problemOf(library.frames.peek(frame(2)))).toMatch(/no channel 2/);
});

test('a picture written anew under its old key is another one', async () => {
  const newer = { ...picture, wallTime: 99 };
  await want({ pictures: [picture, newer] });
  expect(valueOf(library.pictures.peek(picture))?.scale.lo[0]).toBe(0);
  expect(valueOf(library.pictures.peek(newer))?.scale.lo[0]).toBe(99);
  await want({ frames: [frame(0), { ...frame(0), picture: newer }] });
  expect(valueOf(library.frames.peek({ ...frame(0), picture: newer }))?.lo).toBe(99);
});

test('a picture that is there is not asked for again', async () => {
  await want({ pictures: [picture] });
  await want({});
  await want({ pictures: [picture] });
  expect(source.asked).toHaveLength(1);
});

test('series are told apart by run and tag, whatever these hold', async () => {
  source.runs.push({ run: memoryRun('a,b', []), steps: [7] });
  const other = { ...series, run: 'a,b', tag: 'c' };
  await want({ captures: [series, other] });
  const stepsOf = (ask: typeof series) =>
    valueOf(library.captures.peek(ask))?.items.map(({ step }) => step);
  expect(stepsOf(series)).toEqual([0, 10]);
  expect(stepsOf(other)).toEqual([7]);
  expect(stepsOf({ ...series, run: 'a', tag: 'b,c' })).toBeUndefined();
});

test('what grew is asked for when the stamp says so, and is another object then', async () => {
  await want({ captures: [series] });
  const before = valueOf(library.captures.peek(series));
  await want({ captures: [series] });
  expect(valueOf(library.captures.peek(series))).toBe(before);
  source.runs[0] = { ...source.runs[0]!, steps: [0, 10, 20] };
  await want({ captures: [{ ...series, stamp: '2' }] });
  expect(valueOf(library.captures.peek(series))?.items).toHaveLength(3);
});

test('a look for what is new asks for the listing and the losses that are shown', async () => {
  library.listing.want([null]);
  await want({ captures: [series], losses: [{ run: 'a', stamp: '1' }] });
  source.asked.length = 0;
  library.refresh();
  await settle();
  expect(source.asked).toEqual(['listing', 'losses a']);
});

test('of requests only failures tell of the server, but of a listing also that it came', async () => {
  source.damaged.add(picture.blob);
  await want({ captures: [series], pictures: [picture] });
  expect(outcomes.map((error) => error?.constructor)).toEqual([DamagedError]);
  library.listing.want([null]);
  await settle();
  expect(outcomes.at(-1)).toBeNull();
});

test('problems are those of lists and tables; a picture says its own in its place', async () => {
  source.damaged.add(picture.blob);
  await want({ captures: [{ ...series, run: 'gone' }], pictures: [picture] });
  expect(library.problems()).toEqual(['There is no run gone.']);
  expect(problemOf(library.pictures.peek(picture))).toMatch(/damaged/);
  await want({});
  expect(library.problems()).toEqual([]);
});

test('a retry fetches what has failed, of every kind', async () => {
  source.damaged.add(picture.blob);
  await want({ captures: [{ ...series, run: 'late' }], pictures: [picture] });
  source.damaged.clear();
  source.runs.push({ run: memoryRun('late', []), steps: [3] });
  library.retry();
  for (let turn = 0; turn < 10; turn++) await settle();
  expect(valueOf(library.pictures.peek(picture))).toBeDefined();
  expect(valueOf(library.captures.peek({ ...series, run: 'late' }))?.items).toHaveLength(1);
  expect(library.problems()).toEqual([]);
});

test('a listing that can’t be brought up to date stays, and says why', async () => {
  library.listing.want([null]);
  await settle();
  source.listing = () => Promise.reject(new UnreachableError('gone'));
  library.refresh();
  await settle();
  expect(valueOf(library.listing.peek(null))?.runs).toHaveLength(1);
  expect(library.problems()).toEqual(['gone']);
});
