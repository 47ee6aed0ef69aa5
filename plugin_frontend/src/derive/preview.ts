import type { Library } from '../data/library';
import type { Capture } from '../model/capture';
import { valueOf, type Loadable } from '../model/loadable';
import type { Picture } from '../model/picture';
import { memoised } from './memo';
import type { Pane } from './panes';
import { nearestEntry } from './steps';

/** What a pane would show at another step. */
export interface Preview {
  readonly pane: Pane;
  readonly capture: Capture;
  /** The picture of that capture and of the pane's probe. */
  readonly picture: Loadable<Picture>;
}

const make = memoised((pane: Pane, capture: Capture, picture: Loadable<Picture>): Preview => ({
  ...{ pane, capture, picture },
}));

/** The capture of a pane that is nearest to a step; null where it holds no picture of the probe. */
export function previewOf(library: Library, pane: Pane, step: number): Preview | null {
  const capture = nearestEntry(valueOf(pane.captures)?.items ?? [], step);
  const key = capture?.pictures[pane.probe];
  return capture && key ? make(pane, capture, library.pictures.peek(key)) : null;
}
