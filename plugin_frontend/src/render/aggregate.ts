import { topCount, type Aggregate } from '../model/aggregate';
import type { Frame, Picture } from '../model/picture';
import { TOP_LEVEL, levelUncertainty, levelValue } from './levels';
import { frameOf, tileCorner } from './tiles';

/** One map made of several channels, in the values' own unit. */
export interface AggregateMap {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly values: Float32Array;
  /** How far a value can lie from that of the maps as they were captured. */
  readonly error: number;
  /** The channels that it is made of; of the strongest the strongest first. */
  readonly channels: readonly number[];
}

/**
 * Joins the channels of a picture place by place.
 *
 * @param leftOut channels that don't count.
 * @returns null where no channel counts.
 */
export function aggregate(
  picture: Picture,
  kind: Aggregate,
  leftOut: readonly number[],
): AggregateMap | null {
  const { scale } = picture;
  const all = Array.from({ length: scale.channels }, (_, channel) => channel);
  const known = leftOut.length ? all.filter((channel) => !leftOut.includes(channel)) : all;
  const count = topCount(kind);
  const channels = count === null ? known : strongest(picture, known).slice(0, count);
  if (!channels.length) return null;
  const isMaximum = kind === 'maximum';
  const values = joined(picture, channels, isMaximum);
  const errors = channels.map((channel) => levelUncertainty(scale, channel));
  const error = isMaximum
    ? errors.reduce((a, b) => Math.max(a, b))
    : errors.reduce((a, b) => a + b) / channels.length;
  return { width: scale.tileWidth, height: scale.tileHeight, values, error, channels };
}

/** The same as a picture of one channel. */
export function aggregatePicture({ width, height, values, error }: AggregateMap): Picture {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low || 1;
  const levels = Uint8Array.from(values, (value) => Math.round(((value - low) / span) * TOP_LEVEL));
  const [lo, hi, errors] = [low, high, error].map((value) => Float32Array.of(value)) as Bounds;
  const size = { channels: 1, columns: 1, tileWidth: width, tileHeight: height };
  return { width, height, levels, scale: { ...size, lo, hi, error: errors } };
}

type Bounds = [Float32Array, Float32Array, Float32Array];

/** The same as a frame of a film. */
export function aggregateFrame(map: AggregateMap, step: number): Frame {
  return frameOf(aggregatePicture(map), 0, step);
}

/** The sum or the maximum of channels at each place; of a sum its share of a channel. */
function joined(picture: Picture, channels: readonly number[], isMaximum: boolean): Float32Array {
  const { levels, width: stride, scale } = picture;
  const { tileWidth: width, tileHeight: height } = scale;
  const values = new Float32Array(width * height).fill(isMaximum ? -Infinity : 0);
  const share = isMaximum ? 1 : 1 / channels.length;
  const table = new Float64Array(TOP_LEVEL + 1);
  for (const channel of channels) {
    for (let level = 0; level <= TOP_LEVEL; level++) {
      table[level] = share * levelValue(scale, channel, level);
    }
    const { left, top } = tileCorner(scale, channel);
    for (let row = 0, at = 0; row < height; row++) {
      const from = (top + row) * stride + left;
      for (let column = 0; column < width; column++, at++) {
        const value = table[levels[from + column]!]!;
        if (!isMaximum) values[at]! += value;
        else if (value > values[at]!) values[at] = value;
      }
    }
  }
  return values;
}

/** The channels by the mean of their maps, the largest first. */
function strongest(picture: Picture, channels: readonly number[]): readonly number[] {
  const means = new Map(channels.map((channel) => [channel, meanOf(picture, channel)]));
  return channels.toSorted((a, b) => means.get(b)! - means.get(a)! || a - b);
}

function meanOf({ levels, width: stride, scale }: Picture, channel: number): number {
  const { tileWidth: width, tileHeight: height } = scale;
  const { left, top } = tileCorner(scale, channel);
  let sum = 0;
  for (let row = 0; row < height; row++) {
    const from = (top + row) * stride + left;
    for (let at = from; at < from + width; at++) sum += levels[at]!;
  }
  return levelValue(scale, channel, sum / (width * height));
}
