import { expect, test } from 'vitest';
import type { Head, Layer, Run } from '../model/run';
import { memoryLayer, memoryRun } from '../testing/memory_source';
import {
  attributionsAsk,
  capturesAsk,
  channelGradientsAsk,
  gradientsAsk,
  lossesAsk,
  predictionsAsk,
  statisticsAsk,
} from './asks';

const head = (lastWallTime: number): Head => ({
  ...{ tag: 'featuremaps/outputs/main', name: 'main', role: 'main', weight: 1 },
  lastWallTime,
});
const layer: Layer = {
  ...memoryLayer('conv1', 5),
  gradientsTag: 'featuremaps/conv1/gradients',
  attributionsTag: 'featuremaps/conv1/attributions',
};
const run: Run = {
  ...memoryRun('a', [], { version: 'v1', heads: [head(5)], hasGradients: true }),
  layers: [layer],
};

/** What changes of a run when the next event of a kind has come. */
const timeless = { ...layer, lastWallTime: NaN };
const newer = { ...run, version: 'v2' };

test('a layer’s captures and statistics are asked for by their own tags', () => {
  expect(capturesAsk(run, layer)).toEqual({ run: 'a', tag: layer.tag, stamp: '5' });
  expect(statisticsAsk(run, layer)).toEqual({ run: 'a', tag: layer.statsTag, stamp: '5' });
});

test('a new capture of the layer is a reason to ask, one of another layer is none', () => {
  for (const ask of [capturesAsk, statisticsAsk]) {
    expect(ask(run, { ...layer, lastWallTime: 6 })?.stamp).not.toBe(ask(run, layer)?.stamp);
    expect(ask(newer, layer)?.stamp).toBe(ask(run, layer)?.stamp);
  }
});

test('where times are not known, any change of the run is a reason to ask', () => {
  for (const ask of [capturesAsk, statisticsAsk]) {
    expect(ask(run, timeless)?.stamp).toBe('v1');
    expect(ask(newer, timeless)?.stamp).toBe('v2');
  }
});

test.each([
  ['gradients at channels', channelGradientsAsk],
  ['attributions', attributionsAsk],
])('%s come in events of their own, so that the layer’s time tells nothing of them', (_, ask) => {
  expect(ask(newer, layer)?.stamp).not.toBe(ask(run, layer)?.stamp);
  expect(ask(run, layer)?.stamp).toBe(ask(run, layer)?.stamp);
});

test('predictions are asked for when any head has a new one', () => {
  const of = (...times: number[]) => predictionsAsk({ ...run, heads: times.map(head) })?.stamp;
  expect(of(5, 7)).toBe('7');
  expect(of(7, 5)).toBe('7');
  expect(of(5, NaN)).toBe('v1');
});

test('losses and gradients of a run are asked for when it has changed', () => {
  expect(lossesAsk('a', run)).toEqual({ run: 'a', stamp: 'v1' });
  expect(gradientsAsk(run)).toEqual({ run: 'a', stamp: 'v1' });
  expect(gradientsAsk(newer)?.stamp).toBe('v2');
});

test('what was not logged is not asked for', () => {
  const bare = { ...layer, statsTag: null, gradientsTag: null, attributionsTag: null };
  expect(statisticsAsk(run, bare)).toBeNull();
  expect(channelGradientsAsk(run, bare)).toBeNull();
  expect(attributionsAsk(run, bare)).toBeNull();
  expect(predictionsAsk({ ...run, heads: [] })).toBeNull();
  expect(gradientsAsk({ ...run, hasGradients: false })).toBeNull();
});
