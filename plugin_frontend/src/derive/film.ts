import type { FrameAsk } from '../data/asks';
import type { Library } from '../data/library';
import { isAggregate, type MapId } from '../model/aggregate';
import type { Capture } from '../model/capture';
import { valueOf, type Loadable } from '../model/loadable';
import type { Frame, Range } from '../model/picture';
import type { Statistics } from '../model/statistics';
import { notFiniteChannels } from './not_finite';
import { memoised, memoisedList } from './memo';
import type { Pane } from './panes';
import { merged } from './ranges';
import { indexAt } from './steps';

/** The most frames of a film: each is cut out of an atlas of its own. */
const MOST_FRAMES = 100;

/** One channel's maps over the steps, as far as they are known. */
export interface Film {
  readonly steps: readonly number[];
  readonly frames: readonly Loadable<Frame>[];
  /** How many captures there are; more than frames where some are left out. */
  readonly captures: number;
  /** Whether every frame is there. */
  readonly complete: boolean;
  /** The values that all frames span together. */
  readonly range: Range;
}

/** The captures that a film shows: where there are too many, evenly from first to newest. */
export function filmCaptures(captures: readonly Capture[], probe: number): readonly Capture[] {
  const count = Math.min(captures.length, MOST_FRAMES);
  const stride = (captures.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, index) => captures[Math.round(index * stride)]!).filter(
    (capture) => capture.pictures[probe],
  );
}

const filmAsks = memoised(
  (
    captures: readonly Capture[],
    statistics: Statistics | undefined,
    probe: number,
    channel: MapId,
  ): readonly FrameAsk[] =>
    filmCaptures(captures, probe).map(({ step, pictures }) => {
      const at = statistics?.[indexAt(statistics, step)];
      const leftOut = at ? notFiniteChannels(at, probe) : [];
      return { step, channel, picture: pictures[probe]!, leftOut };
    }),
);

/** What a film of a pane's channel, or of the map made of all, needs. */
export function filmAsksOf(pane: Pane, channel: MapId): readonly FrameAsk[] {
  const captures = valueOf(pane.captures)?.items ?? [];
  const statistics = isAggregate(channel) ? valueOf(pane.statistics)?.items : undefined;
  return filmAsks(captures, statistics, pane.probe, channel);
}

const sameList = memoisedList<Loadable<Frame>>();

const make = memoised(
  (asks: readonly FrameAsk[], frames: readonly Loadable<Frame>[], captures: number): Film => {
    const known = frames.map((frame) => valueOf(frame)).filter((frame) => frame !== undefined);
    return {
      steps: asks.map(({ step }) => step),
      frames,
      captures,
      complete: known.length === frames.length,
      range: merged(known.map(({ lo, hi }) => ({ low: lo, high: hi }))),
    };
  },
);

/** The film of a map; null where there are no captures to make it of. */
export function filmOf(library: Library, pane: Pane, channel: MapId): Film | null {
  const captures = valueOf(pane.captures)?.items;
  if (!captures) return null;
  const asks = filmAsksOf(pane, channel);
  const frames = sameList(asks.map((ask) => library.frames.peek(ask)));
  return make(asks, frames, captures.length);
}
