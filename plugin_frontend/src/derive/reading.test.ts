import { expect, test } from 'vitest';
import type { Capture } from '../model/capture';
import { LOADING } from '../model/loadable';
import { memoryLayer, memoryRun } from '../testing/memory_source';
import type { Pane } from './panes';
import { levelUncertainty, levelValue } from '../render/levels';
import { pictureOf } from '../testing/pictures';
import { ready } from '../testing/test_pane';
import { readDifference, readSummary, readValue } from './reading';

const capture: Capture = { step: 5, wallTime: 5, pictures: [] };

/** A pane of one channel of 1×2 pixels, the second of level 100. */
function pane(nonfinite: number, { lo, hi, level } = { lo: -1, hi: 1, level: 0 }): Pane {
  const scale = {
    ...{ channels: 1, tileHeight: 1, tileWidth: 2, columns: 1 },
    lo: Float32Array.from([lo]),
    hi: Float32Array.from([hi]),
  };
  const picture = { width: 2, height: 1, levels: Uint8Array.from([level, 100]), scale };
  const values = Float32Array.from([-1, 1, 0.25, 1, 0, nonfinite]);
  const items = [{ step: 5, wallTime: 5, probes: 1, channels: 1, values }];
  const series = { version: '', items, allKept: true, messages: [] };
  return {
    ...{ index: 0, cursor: 5, captures: LOADING, capture, probe: 0, otherProbe: false },
    run: memoryRun('a', []),
    layer: memoryLayer('conv1'),
    picture: { status: 'ready', value: picture, problem: null },
    statistics: { status: 'ready', value: series, problem: null },
    gradients: null,
  };
}

test('a value is read with what eight bits leave open', () => {
  expect(readValue(pane(0), { channel: 0, row: 0, column: 1 })).toBe('−0.216 ± 0.004');
  expect(readSummary(pane(0), 0)).toBe('−1.000 … 1.000 · mean 0.2500');
});

test('where NaN and Inf may be stored as a level, that is said', () => {
  const places = [0, 1].map((column) => readValue(pane(0.5), { channel: 0, row: 0, column }));
  expect(places).toEqual(['−1.000 ± 0.004 or not finite', '−0.216 ± 0.004']);
});

test('where no value is finite, none is given', () => {
  const all = pane(1);
  const top = pane(1, { lo: 0, hi: 0, level: 255 });
  expect([readValue(all, at(0)), readValue(top, at(0))]).toEqual(['NaN or −Inf', '+Inf']);
  expect([readDifference(pane(0), all, at(1)), readDifference(all, pane(0), at(1))]).toEqual([
    'not finite',
    'not finite',
  ]);
  expect(readSummary(all, 0)).toBe('no finite value');
});

test('beside one finite value the highest level is infinity', () => {
  const constant = pane(0.5, { lo: 5.5, hi: 5.5, level: 255 });
  expect([readValue(constant, at(0)), readDifference(pane(0), constant, at(0))]).toEqual([
    '+Inf',
    'not finite',
  ]);
});

test('outside of the map there is no value', () => {
  expect(readValue(pane(0), { channel: 0, row: 1, column: 0 })).toBe('–');
  expect(readValue(pane(0), { channel: 9, row: 0, column: 0 })).toBe('–');
  expect(readValue(null, { channel: 0, row: 0, column: 0 })).toBe('–');
  expect(readSummary(pane(0), 9)).toBe('');
});

const at = (column: number) => ({ channel: 0, row: 0, column });

test('a difference is known as far as both values are', () => {
  expect(readDifference(pane(0), pane(0), at(1))).toBe('0.000 ± 0.008');
  expect(readDifference(pane(0), pane(0.5), at(0))).toMatch(/or not finite$/);
  expect(readDifference(pane(0.5), pane(0), at(0))).toMatch(/or not finite$/);
  expect(readDifference(pane(0.5), pane(0.5), at(1))).not.toMatch(/not finite/);
  expect(readDifference(pane(0), { ...pane(0), picture: LOADING }, at(0))).toBe('–');
});

test('while the picture is on its way nothing is read', () => {
  const waiting = { ...pane(0), picture: LOADING };
  expect([readValue(waiting, at(0)), readSummary(waiting, 0)]).toEqual(['–', '']);
});

test('where statistics are not known, what eight bits tell is all that is known', () => {
  const bare = { ...pane(0), statistics: null };
  expect(readValue(bare, at(0))).toBe('−1.000 ± 0.004');
  expect(readSummary(bare, 0)).toBe('−1.000 … 1.000 · mean –');
  const elsewhere = { ...pane(0.5), capture: { ...capture, step: 6 } };
  expect(readValue(elsewhere, at(0))).toBe('−1.000 ± 0.004');
});

test('a map of one value all over is known exactly', () => {
  const constant = pictureOf({ lo: [0.25], hi: [0.25], maps: [[0]] });
  const known = { ...pane(0), picture: ready(constant) };
  expect(readValue(known, at(0))).toBe('0.2500');
});

test('the bound holds for every value that a level stands for', () => {
  const [lo, hi] = [-3.7, 11.3];
  const { scale } = pictureOf({ lo: [lo], hi: [hi] });
  for (let i = 0; i <= 1000; i++) {
    const value = lo + ((hi - lo) * i) / 1000;
    const level = Math.round((255 * (value - lo)) / (hi - lo)); // as the writer rounds
    const read = levelValue(scale, 0, level);
    expect(Math.abs(read - value)).toBeLessThanOrEqual(levelUncertainty(scale, 0) + 1e-6);
  }
});
