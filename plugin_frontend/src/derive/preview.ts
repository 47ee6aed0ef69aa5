import type { Library } from '../data/library';
import type { Capture } from '../model/capture';
import { valueOf, type Loadable } from '../model/loadable';
import type { Picture } from '../model/picture';
import { memoised } from './memo';
import type { Pane } from './panes';
import { nearestEntry } from './steps';

/** A pane as it would be at another step. */
export interface Preview extends Pane {
  readonly capture: Capture;
}

const make = memoised((pane: Pane, capture: Capture, picture: Loadable<Picture>): Preview => ({
  ...{ ...pane, capture, picture },
}));

/** A pane at the capture nearest to a step; null where that holds no picture of the probe. */
export function previewOf(library: Library, pane: Pane, step: number): Preview | null {
  const capture = nearestEntry(valueOf(pane.captures)?.items ?? [], step);
  const key = capture?.pictures[pane.probe];
  return capture && key ? make(pane, capture, library.pictures.peek(key)) : null;
}
