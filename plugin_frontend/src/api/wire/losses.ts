import type { LossPoint, TermKind } from '../../model/loss';
import type { Role } from '../../model/run';
import { arrayOf, type Framed } from '../decode/frame';
import type { LossesAnswer } from '../source';
import { itemKeys, keptOf } from './series';

/** The header of `/loss_terms`. */
export interface WireLosses {
  version: string;
  reset: boolean;
  messages: string[];
  terms: {
    tag: string;
    kind: TermKind;
    output: string | null;
    role: Role | null;
    group: number;
    row: number;
  }[];
  groups: { kept: number | null; all_kept: boolean }[];
}

export function readLosses(framed: Framed<WireLosses>): LossesAnswer {
  const { version, reset, messages, terms, groups } = framed.header;
  return {
    version,
    reset,
    messages,
    terms: terms.map(({ tag, kind, output, role, group, row }) => {
      const prefix = `${group}/`;
      const { kept = null, all_kept: allKept = false } = groups[group] ?? {};
      const items = pointsOf(framed, prefix, row);
      const growth = { reset, kept: keptOf(framed, kept, prefix), items };
      return { tag, kind, output, role, allKept, growth };
    }),
  };
}

function pointsOf(framed: Framed<unknown>, prefix: string, row: number): LossPoint[] {
  const { values, shape } = arrayOf(framed, `${prefix}values`, 2);
  const points = shape[1] ?? 0;
  return itemKeys(framed, prefix).map(([step, wallTime], index) => {
    const value = values[row * points + index] ?? NaN;
    return { step, wallTime, value: Number.isFinite(value) ? value : null };
  });
}
