/** Columns of a picture of many steps: as many as there is room for, each of some steps. */
export function stepColumns(steps: number, room: number): number {
  return Math.max(1, Math.min(steps, Math.floor(room)));
}

/** The first step of a column; that of the next one is its end. */
export function columnStart(column: number, columns: number, steps: number): number {
  return Math.floor((column * steps) / columns);
}

export type Rgb = readonly [number, number, number];

/** A share that is not zero stands out by at least so much. */
const FAINTEST = 0.14;

/** 256 pixels of an ImageData from none to all: by the root, since a few of many matter. */
export function shareRamp(none: Rgb, all: Rgb): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const weight = level === 0 ? 0 : FAINTEST + (1 - FAINTEST) * Math.sqrt(level / 255);
    const [red, green, blue] = none.map((from, i) => Math.round(from + (all[i]! - from) * weight));
    return ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
  });
}

/**
 * Paints layers × steps, a pixel each.
 *
 * @param share from 0 to 1; null where nothing is known: that stays transparent.
 */
export function paintShares(
  image: ImageData,
  share: (row: number, column: number) => number | null,
  ramp: Uint32Array,
): void {
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < image.width; column++) {
      const part = share(row, column);
      if (part !== null) pixels[row * image.width + column] = ramp[Math.ceil(part * 255)]!;
    }
  }
}
