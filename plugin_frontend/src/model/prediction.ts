import type { Head } from './run';
import type { Item } from './series';

export interface ClassValue {
  readonly index: number;
  readonly value: number;
}

/** What a head predicts for one probe, in short. */
export interface Prediction {
  /** The classes with the largest values, falling. */
  readonly top: readonly ClassValue[];
  /** The value of the true class; null where it isn't known. */
  readonly trueValue: number | null;
  /** One more than the classes with a larger value; null where it isn't known. */
  readonly trueRank: number | null;
  /** How many values are not finite. */
  readonly nonfinite: number;
}

export interface PredictionsAt extends Item {
  /** One for each probe. */
  readonly predictions: readonly Prediction[];
}

export interface HeadPredictions extends Pick<Head, 'tag' | 'name' | 'role' | 'weight'> {
  readonly classNames: readonly string[];
  readonly classes: number;
  /** The true class of each probe; null where it isn't known. */
  readonly trueClass: readonly (number | null)[];
  readonly allKept: boolean;
  readonly steps: readonly PredictionsAt[];
}

export interface Predictions {
  readonly version: string;
  readonly heads: readonly HeadPredictions[];
  readonly messages: readonly string[];
}

/** All classes of one head at one step: float32 `[probes, classes]`. */
export interface FullOutput {
  readonly classes: number;
  readonly values: Float32Array;
}
