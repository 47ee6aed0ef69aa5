import { expect, test } from 'vitest';
import type { Listing, Run } from '../model/run';
import { memoryLayer, memoryRun } from '../testing/memory_source';
import { isSpatial, listedRuns, placeOf, runNamed } from './place';

const listingOf = (...runs: Run[]): Listing => ({ version: '1', runs, messages: [] });
const train = memoryRun('r/train', ['conv1', 'conv2'], { validationRun: 'r/validation' });
const validation = memoryRun('r/validation', [], { probes: null });
const losses = memoryRun('a losses only', []);

test.each([
  ['the first that has maps', listingOf(losses, train, validation), 'r/train'],
  ['the first of those that have none', listingOf(losses, validation), 'a losses only'],
  ['none of none', listingOf(), undefined],
])('without a wish the run is %s', (_, listing, name) => {
  expect(placeOf(listing, null, null).run?.name).toBe(name);
  expect(placeOf(listing, null, null).missing).toBeNull();
});

test('without a wish the layer is the model’s first', () => {
  expect(placeOf(listingOf(train), 'r/train', null).layer?.name).toBe('conv1');
  expect(placeOf(listingOf(losses), losses.name, null)).toEqual({
    ...{ run: losses, layer: null, missing: null },
  });
});

test('what is asked for and not there is said, and nothing takes its place', () => {
  const listing = listingOf(train);
  expect(placeOf(listing, 'gone', 'featuremaps/conv1')).toEqual({
    ...{ run: null, layer: null, missing: 'There is no run “gone” in this log directory.' },
  });
  expect(placeOf(listing, 'r/train', 'featuremaps/conv9')).toEqual({
    ...{ run: train, layer: null, missing: 'This run has no layer “featuremaps/conv9”.' },
  });
  expect(placeOf(listing, '', null).run).toBeNull();
});

test('the same question has the same answer', () => {
  const listing = listingOf(train);
  expect(placeOf(listing, 'r/train', null)).toBe(placeOf(listing, 'r/train', null));
});

test('a validation run is shown with its own, unless it has maps of its own', () => {
  expect(listedRuns(listingOf(train, validation)).map(({ name }) => name)).toEqual(['r/train']);
  const withMaps = memoryRun('r/validation', ['conv1']);
  expect(listedRuns(listingOf(train, withMaps))).toHaveLength(2);
  expect(listedRuns(listingOf(validation))).toEqual([validation]);
});

test('a run that is shown elsewhere can still be linked to', () => {
  expect(runNamed(listingOf(train, validation), 'r/validation')).toBe(validation);
  expect(runNamed(listingOf(train), 'r/train ')).toBeNull();
});

test.each([
  [[8, 8, 3], 'channels_last', true],
  [[1, 1, 3], 'channels_last', false],
  [[3, 1, 1], 'channels_first', false],
  [[1, 8, 8], 'channels_first', true],
  [[8, 1, 1], 'channels_last', true],
  [[0, 0, 3], 'channels_last', true],
  [[10], 'channels_last', false],
  [[], 'channels_last', false],
  [[5, 16], 'channels_last', true],
  [[1, 16], 'channels_last', false],
])('maps of shape %j, %s, have places: %s', (shape, dataFormat, expected) => {
  expect(isSpatial({ ...memoryLayer('x'), shape, dataFormat })).toBe(expected);
});
