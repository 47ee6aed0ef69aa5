import type { FullOutput, Prediction } from '../../model/prediction';
import type { Role } from '../../model/run';
import { arrayOf, type Framed } from '../decode/frame';
import type { PredictionsAnswer } from '../source';
import { itemKeys, keptOf } from './series';

/** The header of `/predictions`. */
export interface WirePredictions {
  version: string;
  reset: boolean;
  messages: string[];
  heads: WireHead[];
}

interface WireHead {
  tag: string;
  name: string;
  role: Role | null;
  weight: number;
  /** Null where they were sent before. */
  class_names: string[] | null;
  classes: number;
  all_kept: boolean;
  kept: number | null;
}

export function readPredictions(framed: Framed<WirePredictions>): PredictionsAnswer {
  const { version, reset, messages, heads } = framed.header;
  return { version, reset, messages, heads: heads.map((head, index) => read(framed, head, index)) };
}

function read(
  framed: Framed<WirePredictions>,
  head: WireHead,
  index: number,
): PredictionsAnswer['heads'][number] {
  const prefix = `${index}/`;
  const trueClass = Array.from(arrayOf(framed, `${prefix}true_class`, 1).values, (place) =>
    place < 0 ? null : place,
  );
  const predictionAt = reader(framed, prefix, trueClass.length);
  const items = itemKeys(framed, prefix).map(([step, wallTime], item) => ({
    step,
    wallTime,
    predictions: trueClass.map((_, probe) => predictionAt(item * trueClass.length + probe)),
  }));
  return {
    tag: head.tag,
    name: head.name,
    role: head.role,
    weight: head.weight,
    classNames: head.class_names,
    classes: head.classes,
    trueClass,
    allKept: head.all_kept,
    growth: { reset: framed.header.reset, kept: keptOf(framed, head.kept, prefix), items },
  };
}

/** Reads the prediction of a capture and probe; both count as one place. */
function reader(
  framed: Framed<unknown>,
  prefix: string,
  probes: number,
): (place: number) => Prediction {
  const topValues = arrayOf(framed, `${prefix}top_values`, 3);
  const topClasses = arrayOf(framed, `${prefix}top_classes`, 3).values;
  const of = (name: string) => arrayOf(framed, `${prefix}${name}`, 2).values;
  const [values, ranks, nonfinite] = [of('true_values'), of('true_ranks'), of('nonfinite')];
  const count = probes ? (topValues.shape[2] ?? 0) : 0;
  return (place) => {
    const top = [];
    for (let rank = place * count; rank < (place + 1) * count; rank++) {
      const [index = -1, value = NaN] = [topClasses[rank], topValues.values[rank]];
      if (index >= 0) top.push({ index, value });
    }
    const trueValue = values[place] ?? NaN;
    return {
      top,
      trueValue: Number.isNaN(trueValue) ? null : trueValue,
      trueRank: ranks[place] || null,
      nonfinite: nonfinite[place] ?? 0,
    };
  };
}

/** `/output`. */
export function readOutput(framed: Framed<unknown>): FullOutput {
  const { values, shape } = arrayOf(framed, 'values', 2);
  return { classes: shape[1] ?? 0, values: values as Float32Array };
}
