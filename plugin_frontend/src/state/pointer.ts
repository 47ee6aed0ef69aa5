import type { PaneIndex } from './selection';

/** The pixel of a channel's map that the pointer is on, and where the map is on the page. */
export interface Pointed {
  readonly pane: PaneIndex;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
  readonly left: number;
  readonly bottom: number;
}
