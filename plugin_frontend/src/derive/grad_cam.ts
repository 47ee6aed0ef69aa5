import type { AttributedHead, AttributionsAt } from '../model/gradient';
import type { Picture } from '../model/picture';
import { tileCorner } from '../render/tiles';
import { memoisedBy } from './memo';

/** Where a head looks (Grad-CAM, Selvaraju et al. 2017). */
export interface AttentionMap {
  readonly head: AttributedHead;
  readonly width: number;
  readonly height: number;
  /** Not below 0, row by row: what speaks for the score. */
  readonly values: Float32Array;
  readonly largest: number;
}

/**
 * Of each head the sum of the maps, each weighted by the spatial mean of the score's gradient, where
 * it is above zero.
 *
 * @param picture the layer's maps for the probe at the attributions' step. It may hold only the
 *   first channels.
 */
export const attentionMaps = memoisedBy(
  (picture: Picture, attributions: AttributionsAt, probe: number): readonly AttentionMap[] =>
    attributions.heads.map((head, index) => {
      const weights = weightsOf(attributions, index, probe);
      const { tileWidth: width, tileHeight: height } = picture.scale;
      const values = weightedSum(picture, weights);
      let largest = 0;
      for (let place = 0; place < values.length; place++) {
        const value = Math.max(0, values[place]!);
        values[place] = value;
        largest = Math.max(largest, value);
      }
      return { head, width, height, values, largest };
    }),
);

/** How far a head agrees with the main one: the cosine of what they owe to the channels. */
export interface Agreement {
  readonly head: string;
  readonly steps: readonly number[];
  /** −1 to 1; NaN where one of the two owes nothing, or isn't there. */
  readonly cosines: readonly number[];
}

export const agreements = memoisedBy(
  (items: readonly AttributionsAt[], probe: number): readonly Agreement[] => {
    const heads = items.flatMap((item) => item.heads);
    if (!heads.some(isMain)) return [];
    const others = new Set(heads.filter((head) => !isMain(head)).map(({ name }) => name));
    return [...others].map((name) => ({
      head: name,
      steps: items.map(({ step }) => step),
      cosines: items.map((item) => agreementAt(item, name, probe)),
    }));
  },
);

const isMain = ({ role }: AttributedHead) => role === 'main';

/** The heads of one step can be others than those of another, or in another order. */
function agreementAt(item: AttributionsAt, name: string, probe: number): number {
  const own = item.heads.findIndex((head) => head.name === name);
  const main = item.heads.findIndex(isMain);
  if (own < 0 || main < 0) return NaN;
  return cosine(weightsOf(item, own, probe), weightsOf(item, main, probe));
}

function weightsOf({ values, probes, channels }: AttributionsAt, head: number, probe: number) {
  const from = (head * probes + probe) * channels;
  return values.subarray(from, from + channels);
}

function weightedSum(picture: Picture, weights: Float32Array): Float32Array {
  const { levels, width: stride, scale } = picture;
  const { tileWidth: width, tileHeight: height, lo, hi } = scale;
  const sum = new Float32Array(width * height);
  for (let channel = 0; channel < Math.min(scale.channels, weights.length); channel++) {
    const { left, top } = tileCorner(scale, channel);
    const [weight, low] = [weights[channel]!, lo[channel]!];
    const slope = (hi[channel]! - low) / 255;
    for (let row = 0; row < height; row++) {
      const from = (top + row) * stride + left;
      for (let column = 0; column < width; column++) {
        sum[row * width + column]! += weight * (low + slope * levels[from + column]!);
      }
    }
  }
  return sum;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, ownSquares, otherSquares] = [0, 0, 0];
  for (let place = 0; place < a.length; place++) {
    product += a[place]! * b[place]!;
    ownSquares += a[place]! ** 2;
    otherSquares += b[place]! ** 2;
  }
  return product / Math.sqrt(ownSquares * otherSquares);
}
