import type { Layer, Role, Run } from '../../model/run';
import type { ListingAnswer } from '../source';

/** `/runs`, as docs/routes.md describes it. */
export interface WireListing {
  version: string;
  reset: boolean;
  kept: Record<string, string> | null;
  runs: WireRun[];
  messages: string[];
}

interface WireRun {
  name: string;
  version: string;
  layers: WireLayer[];
  heads: {
    tag: string;
    name: string;
    role: Role | null;
    weight: number;
    last_wall_time: number | null;
  }[];
  probes: {
    tag: string;
    count: number;
    labels: string[];
    last_wall_time: number | null;
  } | null;
  has_losses: boolean;
  has_gradients: boolean;
  validation_run: string | null;
  gaps: { from_step: number; to_step: number; lost: number }[];
}

interface WireLayer {
  tag: string;
  stats_tag: string | null;
  gradients_tag: string | null;
  attributions_tag: string | null;
  name: string;
  class_name: string;
  shape: number[];
  data_format: string;
  channels: number;
  last_step: number | null;
  last_wall_time: number | null;
}

export function readListing(wire: WireListing): ListingAnswer {
  return {
    version: wire.version,
    reset: wire.reset,
    kept: wire.kept && new Map(Object.entries(wire.kept)),
    runs: wire.runs.map(readRun),
    messages: wire.messages,
  };
}

function readRun(wire: WireRun): Run {
  return {
    name: wire.name,
    version: wire.version,
    layers: wire.layers.map(readLayer),
    heads: wire.heads.map((head) => ({
      tag: head.tag,
      name: head.name,
      role: head.role,
      weight: head.weight,
      lastWallTime: head.last_wall_time ?? NaN,
    })),
    probes: wire.probes && {
      tag: wire.probes.tag,
      count: wire.probes.count,
      labels: wire.probes.labels,
      lastWallTime: wire.probes.last_wall_time ?? NaN,
    },
    hasLosses: wire.has_losses,
    hasGradients: wire.has_gradients,
    validationRun: wire.validation_run,
    gaps: wire.gaps.map((gap) => ({
      fromStep: gap.from_step,
      toStep: gap.to_step,
      lost: gap.lost,
    })),
  };
}

function readLayer(wire: WireLayer): Layer {
  return {
    tag: wire.tag,
    statsTag: wire.stats_tag,
    gradientsTag: wire.gradients_tag,
    attributionsTag: wire.attributions_tag,
    name: wire.name,
    className: wire.class_name,
    shape: wire.shape,
    dataFormat: wire.data_format,
    channels: wire.channels,
    lastStep: wire.last_step ?? NaN,
    lastWallTime: wire.last_wall_time ?? NaN,
  };
}
