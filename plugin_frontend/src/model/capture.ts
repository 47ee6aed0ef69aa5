import type { Item } from './series';

/** A picture of a capture, and what makes it another one when a run is written anew. */
export interface PictureKey {
  readonly blob: string;
  readonly wallTime: number;
}

/** What was captured of a layer at one step: a picture for each probe. */
export interface Capture extends Item {
  readonly pictures: readonly PictureKey[];
}

/** The identity of a picture as text. */
export function pictureName({ blob, wallTime }: PictureKey): string {
  return `${wallTime}/${blob}`;
}
