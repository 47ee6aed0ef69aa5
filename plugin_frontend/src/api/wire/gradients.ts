import type {
  AttributionsAt,
  ChannelGradientsAt,
  GradientSeries,
  GradientTerm,
} from '../../model/gradient';
import type { Role } from '../../model/run';
import { arrayOf, type Framed } from '../decode/frame';
import type { GradientsAnswer, SeriesAnswer } from '../source';
import { itemKeys, keptOf } from './series';

/** The header of `/gradients`. */
export interface WireGradients {
  version: string;
  reset: boolean;
  messages: string[];
  series: {
    tag: string;
    place: GradientSeries['place'];
    layers: string[];
    terms: GradientTerm[];
    all_kept: boolean;
    kept: number | null;
  }[];
}

/** The header of `/channel_gradients`. */
export interface WireChannelGradients {
  version: string;
  reset: boolean;
  kept: number | null;
  all_kept: boolean;
  messages: string[];
  terms: GradientTerm[];
}

/** The header of `/attributions`. */
export interface WireAttributions {
  version: string;
  reset: boolean;
  kept: number | null;
  all_kept: boolean;
  messages: string[];
  heads: { name: string; role: Role | null; of_logits: boolean; classes: number[] }[];
}

export function readGradients(framed: Framed<WireGradients>): GradientsAnswer {
  const { version, reset, messages, series } = framed.header;
  return {
    version,
    reset,
    messages,
    series: series.map(({ tag, place, layers, terms, all_kept: allKept, kept }, index) => {
      const prefix = `${index}/`;
      const { values } = arrayOf(framed, `${prefix}values`, place === 'updates' ? 2 : 4);
      const size = place === 'updates' ? layers.length : layers.length * terms.length * 2;
      const items = itemsOf(framed, prefix, values as Float32Array, size);
      const growth = { reset, kept: keptOf(framed, kept, prefix), items };
      return { tag, place, layers, terms, allKept, growth };
    }),
  };
}

export function readChannelGradients(
  framed: Framed<WireChannelGradients>,
): SeriesAnswer<ChannelGradientsAt> {
  const { version, reset, kept, all_kept: allKept, messages, terms } = framed.header;
  const { values, shape } = arrayOf(framed, 'values', 4);
  const channels = shape[2] ?? 0;
  const items = itemsOf(framed, '', values as Float32Array, terms.length * channels * 2);
  return {
    version,
    reset,
    kept: keptOf(framed, kept, ''),
    allKept,
    messages,
    items: items.map((item) => ({ ...item, terms, channels })),
  };
}

export function readAttributions(framed: Framed<WireAttributions>): SeriesAnswer<AttributionsAt> {
  const { version, reset, kept, all_kept: allKept, messages, heads } = framed.header;
  const { values, shape } = arrayOf(framed, 'values', 4);
  const [, , probes = 0, channels = 0] = shape;
  const said = heads.map((head) => ({
    name: head.name,
    role: head.role,
    ofLogits: head.of_logits,
    classes: head.classes,
  }));
  const size = heads.length * probes * channels;
  const items = itemsOf(framed, '', values as Float32Array, size);
  return {
    version,
    reset,
    kept: keptOf(framed, kept, ''),
    allKept,
    messages,
    items: items.map((item) => ({ ...item, heads: said, probes, channels })),
  };
}

function itemsOf(framed: Framed<unknown>, prefix: string, values: Float32Array, size: number) {
  return itemKeys(framed, prefix).map(([step, wallTime], index) => ({
    step,
    wallTime,
    values: values.subarray(index * size, (index + 1) * size),
  }));
}
