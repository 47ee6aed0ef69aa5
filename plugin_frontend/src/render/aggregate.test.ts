import { expect, test } from 'vitest';
import type { Picture } from '../model/picture';
import { aggregate, aggregatePicture } from './aggregate';
import { levelUncertainty, levelValue } from './levels';

/** Three channels of 2 × 1: 0 and 10; 4 and 4; −1 and 1. */
const picture: Picture = {
  width: 6,
  height: 1,
  levels: Uint8Array.from([0, 255, 255, 255, 0, 255]),
  scale: {
    channels: 3,
    tileWidth: 2,
    tileHeight: 1,
    columns: 3,
    lo: Float32Array.of(0, 4, -1),
    hi: Float32Array.of(10, 4, 1),
  },
};

test('the mean and the maximum are made place by place', () => {
  expect([...aggregate(picture, 'mean', [])!.values]).toEqual([1, 5]);
  expect([...aggregate(picture, 'maximum', [])!.values]).toEqual([4, 10]);
});

test('of the strongest channels those with the largest mean count', () => {
  const two = aggregate(picture, 'top2', [])!;
  expect(two.channels).toEqual([0, 1]);
  expect([...two.values]).toEqual([2, 7]);
  expect(aggregate(picture, 'top9', [])!.channels).toHaveLength(3);
});

test('what is left out counts nowhere', () => {
  expect([...aggregate(picture, 'mean', [0])!.values]).toEqual([1.5, 2.5]);
  expect(aggregate(picture, 'top1', [0])!.channels).toEqual([1]);
  expect(aggregate(picture, 'maximum', [0, 1, 2])).toBeNull();
});

test('how unsure a value is: the mean of half a level, of a maximum the largest', () => {
  const half = (span: number) => span / 255 / 2;
  expect(aggregate(picture, 'mean', [])!.error).toBeCloseTo(half(12) / 3);
  expect(aggregate(picture, 'maximum', [])!.error).toBeCloseTo(half(10));
});

test('as a picture its values lie within what it says of itself', () => {
  const map = { ...aggregate(picture, 'mean', [])!, values: Float32Array.of(0.1, 0.47) };
  const { levels, scale } = aggregatePicture(map);
  const unsure = levelUncertainty(scale, 0);
  expect(unsure).toBeCloseTo(map.error + 0.37 / 255 / 2);
  levels.forEach((level, index) => {
    expect(Math.abs(levelValue(scale, 0, level) - map.values[index]!)).toBeLessThan(unsure);
  });
});
