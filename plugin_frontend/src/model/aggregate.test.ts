import { expect, test } from 'vitest';
import { aggregateLabel, aggregateNamed, topAggregate, topCount } from './aggregate';

test('links name the maps over channels, and nothing else', () => {
  expect(['mean', 'maximum', 'top12'].map(aggregateNamed)).toEqual(['mean', 'maximum', 'top12']);
  expect(['', '3', 'top', 'top0', 'top-1', 'min'].map(aggregateNamed)).toEqual(Array(6).fill(null));
});

test('the strongest channels are counted', () => {
  expect(topCount(topAggregate(8))).toBe(8);
  expect(topCount('mean')).toBeNull();
  expect(aggregateLabel('top8')).toBe('top-8 mean');
});
