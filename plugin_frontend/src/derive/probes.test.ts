import { beforeEach, expect, test } from 'vitest';
import type { Library } from '../data/library';
import type { PictureKey } from '../model/capture';
import { LOADING, type Loadable } from '../model/loadable';
import type { ProbePixels } from '../model/picture';
import type { Run } from '../model/run';
import { memoryRun } from '../testing/memory_source';
import { probeOf } from '../testing/pictures';
import { ready, seriesOf } from '../testing/test_pane';
import { probeIn, probePictures, sameImage } from './probes';

type Pixels = Loadable<ProbePixels>;

let pixels: Map<string, readonly Pixels[]>;
let library: Library;

/** A run whose probes are these grey levels; null for one that is on its way. */
function runOf(name: string, ...levels: (number | null)[]): Run {
  pixels.set(
    name,
    levels.map((level) => (level === null ? LOADING : ready(probeOf(level)))),
  );
  const probes = {
    tag: 'p',
    count: levels.length,
    labels: levels.map(() => 'cat'),
    lastWallTime: 0,
  };
  return memoryRun(name, [], { probes });
}

beforeEach(() => {
  pixels = new Map();
  const pictures = (run: string) =>
    pixels.get(run)!.map((_, i) => ({ blob: `${run} ${i}`, wallTime: 0 }));
  const captures = ({ run }: { run: string }) =>
    ready(seriesOf({ step: 0, wallTime: 0, pictures: pictures(run) }));
  const probe = ({ blob }: PictureKey) => {
    const [run, index] = blob.split(' ') as [string, string];
    return pixels.get(run)![Number(index)]!;
  };
  library = { captures: { peek: captures }, probes: { peek: probe } } as unknown as Library;
});

test.each([
  ['at the same place', [1, 2], [1, 2], 0, { probe: 0, other: false }],
  ['elsewhere', [1, 2], [2, 1], 0, { probe: 1, other: false }],
  ['nowhere', [1, 2], [3, 4], 1, { probe: 1, other: true }],
  ['at the same place and elsewhere', [1, 1], [1, 1], 1, { probe: 1, other: false }],
  ['beyond the places of its own run', [1], [5, 6, 1], 0, { probe: 2, other: false }],
  ['nowhere, at a place that is not there', [1, 2, 3], [9], 2, { probe: null, other: true }],
  ['elsewhere, at a place that is not there', [1, 2, 3], [3], 2, { probe: 0, other: false }],
])('the same image %s', (_, own, others, probe, expected) => {
  expect(probeIn(library, runOf('a', ...own), probe, runOf('b', ...others))).toEqual(expected);
});

test('the same label is not the same image', () => {
  const [a, b] = [runOf('a', 1), runOf('b', 2)];
  expect(a.probes?.labels).toEqual(b.probes?.labels);
  expect(probeIn(library, a, 0, b).other).toBe(true);
});

test.each([
  ['its own', [null, 2], [1, 2], { probe: 0, other: null }],
  ['all others', [1], [null, null], { probe: 0, other: null }],
  ['one of the others, none of the rest the same', [1], [2, null], { probe: 0, other: null }],
  ['one of the others, another the same', [1], [null, 1], { probe: 1, other: false }],
])('while %s is on its way, only what is known is said', (_, own, others, expected) => {
  expect(probeIn(library, runOf('a', ...own), 0, runOf('b', ...others))).toEqual(expected);
});

test('runs without probes may have been given any image', () => {
  const plain = memoryRun('plain', [], { probes: null });
  expect(probeIn(library, runOf('a', 1), 0, plain)).toEqual({ probe: 0, other: null });
  expect(probeIn(library, plain, 0, runOf('a', 1))).toEqual({ probe: 0, other: null });
  expect(probePictures(library, plain)).toEqual([]);
});

test('images are the same pixel by pixel, and of one size', () => {
  expect(sameImage(probeOf(1, 2, 3), probeOf(1, 2, 3))).toBe(true);
  expect(sameImage(probeOf(1, 2, 3), probeOf(1, 3, 2))).toBe(false);
  const last = probeOf(1, 2, 3);
  last.rgba[last.rgba.length - 2] = 9;
  expect(sameImage(probeOf(1, 2, 3), last)).toBe(false);
});
