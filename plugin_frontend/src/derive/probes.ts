import { capturesAsk } from '../data/asks';
import type { Library } from '../data/library';
import type { PictureKey } from '../model/capture';
import { valueOf } from '../model/loadable';
import type { ProbePixels } from '../model/picture';
import type { Run } from '../model/run';
import { memoisedBy } from './memo';

/** The pictures of a run's probes as it logged them last; none while they are not known. */
export function probePictures(library: Library, run: Run): readonly PictureKey[] {
  if (!run.probes) return NONE;
  const series = valueOf(library.captures.peek(capturesAsk(run, run.probes)));
  return series?.items.at(-1)?.pictures ?? NONE;
}

const NONE: readonly PictureKey[] = [];

/**
 * Finds the probe of another run that is the same image as one of this run. Names say nothing
 * about that: two images may both be labelled “cat”.
 *
 * @returns the other run's probe, in doubt that of the same place and null where it has none, and
 *   whether it is another image; null while that is not known.
 */
export function probeIn(
  library: Library,
  run: Run,
  probe: number,
  otherRun: Run,
): { probe: number | null; other: boolean | null } {
  const count = otherRun.probes?.count ?? 1;
  const sameplace = probe < count ? probe : null;
  const own = pixelsOf(library, probePictures(library, run)[probe]);
  const others = probePictures(library, otherRun).map((key) => pixelsOf(library, key));
  if (!own || !others.length) return { probe: sameplace, other: null };
  const isSame = (pixels: ProbePixels | undefined) =>
    pixels !== undefined && sameImage(own, pixels);
  if (isSame(others[probe])) return { probe, other: false };
  const elsewhere = others.findIndex(isSame);
  if (elsewhere >= 0) return { probe: elsewhere, other: false };
  return { probe: sameplace, other: others.includes(undefined) ? null : true };
}

function pixelsOf(library: Library, key: PictureKey | undefined): ProbePixels | undefined {
  return key && valueOf(library.probes.peek(key));
}

/** Whether two probes are the same image, pixel by pixel. */
export const sameImage = memoisedBy((a: ProbePixels, b: ProbePixels): boolean => {
  if (a.width !== b.width || a.height !== b.height) return false;
  return a.rgba.every((value, index) => value === b.rgba[index]);
});
