import type { Role } from './run';
import type { Item } from './series';

/** Where gradients are taken; `updates` are not gradients but what the step made of them. */
export const GRADIENT_PLACES = ['activations', 'kernels'] as const;
export type GradientPlace = (typeof GRADIENT_PLACES)[number];

export interface GradientTerm {
  readonly name: string;
  /** Null for a kind that this tab doesn't know. */
  readonly kind: 'output' | 'penalty' | 'total' | null;
  readonly role: Role | null;
}

/** `[layers, terms, 2]` of norm and cosine to the main term; of updates `[layers]`. */
export interface GradientsAt extends Item {
  readonly values: Float32Array;
}

export interface GradientSeries {
  readonly tag: string;
  readonly place: GradientPlace | 'updates';
  readonly layers: readonly string[];
  readonly terms: readonly GradientTerm[];
  readonly allKept: boolean;
  readonly steps: readonly GradientsAt[];
}

/** The gradients of a run. */
export interface Gradients {
  readonly run: string;
  readonly version: string;
  readonly series: readonly GradientSeries[];
  readonly messages: readonly string[];
}

/** `[terms, channels, 2]` at a layer: the gradient's norm, and the mean of activation × gradient. */
export interface ChannelGradientsAt extends Item {
  readonly terms: readonly GradientTerm[];
  readonly channels: number;
  readonly values: Float32Array;
}

export interface AttributedHead {
  readonly name: string;
  readonly role: Role | null;
  /** Whether the score is a logit. */
  readonly ofLogits: boolean;
  /** Of each probe the class whose score it is; −1 for the head's first choice. */
  readonly classes: readonly number[];
}

/** `[heads, probes, channels]`: spatial means of the gradient of each head's score. */
export interface AttributionsAt extends Item {
  readonly heads: readonly AttributedHead[];
  readonly probes: number;
  readonly channels: number;
  readonly values: Float32Array;
}
