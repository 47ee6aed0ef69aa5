import { frameOf, type Frame } from '../render/film';
import { Follower } from './follower';
import type { PictureSource } from './picture_source';
import type { State } from './state';
import type { Store } from './store';

const SHOWN_AT_ONCE = 10;

/** Fetches the chosen channel's maps of all steps, one at a time. */
export function followFilm(store: Store<State>, pictures: PictureSource): void {
  const load = async (state: State, signal: AbortSignal): Promise<void> => {
    const { channel, captures, probe } = state;
    if (channel === null) {
      if (state.film) store.patch({ film: null });
      return;
    }
    const frames: Frame[] = [];
    store.patch({ film: { channel, frames, complete: false } });
    for (const capture of captures) {
      const key = capture.blob_keys[probe];
      if (key === undefined) continue;
      const picture = await pictures.get(key, signal);
      if (signal.aborted) return;
      if (channel >= picture.scale.channels) continue;
      frames.push(frameOf(picture, channel, capture.step));
      const part = { channel, frames: [...frames], complete: false };
      if (frames.length % SHOWN_AT_ONCE === 0) store.patch({ film: part });
    }
    store.patch({ film: { channel, frames, complete: true } });
  };
  const key = ({ channel, captures, probe, run }: State) =>
    channel === null ? [] : [channel, captures, probe, run];
  const failed = (error: string) => store.patch({ error });
  new Follower(store, key, load, failed);
}
