import type { Picture, Range } from '../model/picture';
import { statisticOf, type Statistics } from '../model/statistics';
import { layerRange } from '../render/levels';
import type { Scaling } from '../state/look';
import { clippedChannelRange, clippedLayerRange } from './clipping';
import { memoised, memoisedBy } from './memo';

/** What one pane adds to the range that the colours of all panes span. */
export interface Span {
  readonly picture: Picture;
  readonly statistics: Statistics | undefined;
  readonly probe: number;
  /** Channels of the picture that have no finite value; none without it. */
  readonly valueless?: readonly number[];
}

type Known = Required<Span>;

export type RangeOf = (channel: number) => Range;

/** How the range of a channel's colours is found. */
export interface Ranging {
  readonly scaling: Scaling;
  /** Whether zero is in the middle. */
  readonly symmetric: boolean;
  /** The share of the values that is cut off at either end; not of those fixed over steps. */
  readonly clip: number;
  /** Ends that are set by hand; null for those of the values. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Finds the range of values that a channel's colours span. Panes share it, so that equal colours
 * mean equal values.
 */
export function rangesOf(spans: readonly Span[], ranging: Ranging): RangeOf {
  const [first, second] = spans;
  const { scaling, symmetric, clip, low, high } = ranging;
  return rangesOfTwo(
    first?.picture,
    first?.statistics,
    first?.probe,
    second?.picture,
    second?.statistics,
    second?.probe,
    scaling,
    symmetric,
    clip,
    low,
    high,
    first?.valueless ?? NONE,
    second?.valueless ?? NONE,
  );
}

const NONE: readonly number[] = [];

const rangesOfTwo = memoised(
  (
    picture: Picture | undefined,
    statistics: Statistics | undefined,
    probe: number | undefined,
    otherPicture: Picture | undefined,
    otherStatistics: Statistics | undefined,
    otherProbe: number | undefined,
    scaling: Scaling,
    symmetric: boolean,
    clip: number,
    low: number | null,
    high: number | null,
    valueless: readonly number[],
    otherValueless: readonly number[],
  ): RangeOf => {
    const spans = [
      ...(picture ? [{ picture, statistics, probe: probe ?? 0, valueless }] : []),
      ...(otherPicture
        ? [
            {
              ...{ picture: otherPicture, statistics: otherStatistics },
              ...{ probe: otherProbe ?? 0, valueless: otherValueless },
            },
          ]
        : []),
    ];
    const plain = plainRanges(spans, scaling, clip);
    const around = symmetric ? (channel: number) => symmetricRange(plain(channel)) : plain;
    return low === null && high === null ? around : (channel) => set(around(channel), low, high);
  },
);

/** A range with ends that are set by hand; as it is where they leave no room between them. */
function set(range: Range, low: number | null, high: number | null): Range {
  const wanted = { low: low ?? range.low, high: high ?? range.high };
  return wanted.low < wanted.high ? wanted : range;
}

function plainRanges(spans: readonly Known[], scaling: Scaling, clip: number): RangeOf {
  if (scaling === 'layer') {
    const some = spans.filter(
      ({ picture, valueless }) => valueless.length < picture.scale.channels,
    );
    const whole = merged(
      some.map(({ picture, valueless }) =>
        clip > 0
          ? clippedLayerRange(picture, clip, valueless)
          : layerRange(picture.scale, valueless),
      ),
    );
    return () => whole;
  }
  const sets = spans.map(({ valueless }) => new Set(valueless));
  const having = (channel: number) => spans.filter((_, index) => !sets[index]!.has(channel));
  const own = (channel: number) => having(channel).map(({ picture }) => ownRange(picture, channel));
  if (scaling === 'channel') {
    if (!(clip > 0)) return (channel) => merged(own(channel));
    return (channel) =>
      merged(having(channel).map(({ picture }) => clippedChannelRange(picture, channel, clip)));
  }
  const overSteps = spans.flatMap(({ statistics, probe }) =>
    statistics?.length ? [rangesOverSteps(statistics, probe)] : [],
  );
  return (channel) =>
    merged([...own(channel), ...overSteps.flatMap((ranges) => ranges[channel] ?? [])]);
}

function ownRange({ scale }: Picture, channel: number): Range {
  return { low: scale.lo[channel] ?? 0, high: scale.hi[channel] ?? 0 };
}

/** The smallest range around zero that holds another. */
export function symmetricRange({ low, high }: Range): Range {
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return { low: -reach, high: reach };
}

/** Each channel's range of finite values over all steps, for one probe; null where there are none. */
export const rangesOverSteps = memoisedBy(
  (statistics: Statistics, probe: number): readonly (Range | null)[] => {
    const channels = Math.max(0, ...statistics.map((at) => at.channels));
    return Array.from({ length: channels }, (_, channel) => {
      const range = { low: Infinity, high: -Infinity };
      for (const at of statistics) {
        const low = statisticOf(at, probe, channel, 'min');
        const high = statisticOf(at, probe, channel, 'max');
        if (low !== null && Number.isFinite(low)) range.low = Math.min(range.low, low);
        if (high !== null && Number.isFinite(high)) range.high = Math.max(range.high, high);
      }
      return range.low <= range.high ? range : null;
    });
  },
);

/** The smallest range that holds all; that of zero alone for none. */
export function merged(ranges: readonly Range[]): Range {
  if (!ranges.length) return { low: 0, high: 0 };
  return {
    low: Math.min(...ranges.map((range) => range.low)),
    high: Math.max(...ranges.map((range) => range.high)),
  };
}
