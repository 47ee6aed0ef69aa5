import type { MapId } from '../model/aggregate';
import type { PictureKey } from '../model/capture';
import type { Head, Layer, ProbeSet, Run } from '../model/run';

/** A series of a run, and what changes when it does. */
export interface SeriesAsk {
  readonly run: string;
  readonly tag: string;
  readonly stamp: string;
}

/** Something that is logged once for a run, and what changes when it does. */
export interface RunAsk {
  readonly run: string;
  readonly stamp: string;
}

/** One channel's map at a step, or one made of all channels but some. */
export interface FrameAsk {
  readonly picture: PictureKey;
  readonly channel: MapId;
  readonly leftOut: readonly number[];
  readonly step: number;
}

/** All classes of a head at a step. */
export interface OutputAsk {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  readonly wallTime: number;
}

export function capturesAsk(run: Run, series: Layer | ProbeSet): SeriesAsk {
  return { run: run.name, tag: series.tag, stamp: stampOf(run, series.lastWallTime) };
}

/** null where the layer logs none. */
export function statisticsAsk(run: Run, layer: Layer): SeriesAsk | null {
  if (layer.statsTag === null) return null;
  return { run: run.name, tag: layer.statsTag, stamp: stampOf(run, layer.lastWallTime) };
}

/** null where the run has no heads. */
export function predictionsAsk(run: Run): RunAsk | null {
  if (!run.heads.length) return null;
  const newest = (head: Head) => head.lastWallTime;
  return { run: run.name, stamp: stampOf(run, Math.max(...run.heads.map(newest))) };
}

function stampOf(run: Run, lastWallTime: number): string {
  return Number.isNaN(lastWallTime) ? run.version : String(lastWallTime);
}

/** null where the run logs none. */
export function gradientsAsk(run: Run): RunAsk | null {
  return run.hasGradients ? { run: run.name, stamp: run.version } : null;
}

/** null where none were logged for the layer. */
export function channelGradientsAsk(run: Run, layer: Layer): SeriesAsk | null {
  const { gradientsTag: tag } = layer;
  // They are written apart from the layer's maps, whose time tells nothing of them.
  return tag === null ? null : { run: run.name, tag, stamp: run.version };
}

/** null where none were logged for the layer. */
export function attributionsAsk(run: Run, layer: Layer): SeriesAsk | null {
  const { attributionsTag: tag } = layer;
  // Written apart from the maps, as the gradients are.
  return tag === null ? null : { run: run.name, tag, stamp: run.version };
}

/** The losses of a run, or of the run that validates it. */
export function lossesAsk(name: string, run: Run): RunAsk {
  return { run: name, stamp: run.version };
}
