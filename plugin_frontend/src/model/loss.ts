import type { Role } from './run';
import type { Item } from './series';

/**
 * `output` is the loss of an output, `weighted` the same times its weight; `reported` is what the
 * model's own `train_step` calls so, and no part of the total.
 */
export const TERM_KINDS = ['total', 'output', 'weighted', 'penalty', 'reported'] as const;
export type TermKind = (typeof TERM_KINDS)[number];

export interface LossPoint extends Item {
  /** null where it is not finite. */
  readonly value: number | null;
}

export interface LossTerm {
  readonly tag: string;
  readonly kind: TermKind;
  readonly output: string | null;
  readonly role: Role | null;
  /** In the order of their steps. */
  readonly points: readonly LossPoint[];
  readonly allKept: boolean;
}

/** The loss terms of one run. */
export interface Losses {
  readonly run: string;
  readonly version: string;
  readonly terms: readonly LossTerm[];
  readonly messages: readonly string[];
}
