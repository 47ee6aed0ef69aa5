/** What the routes answer; docs/routes.md says more. */

export interface Layer {
  tag: string;
  stats_tag: string | null;
  name: string;
  class_name: string;
  order: number;
  shape: number[];
  data_format: string;
  channels: number;
  last_step: number;
}

export type Role = 'main' | 'auxiliary';

export interface Head {
  tag: string;
  name: string;
  role: Role | null;
  weight: number;
  class_names: string[];
}

export interface Run {
  name: string;
  start_time: number | null;
  layers: Layer[];
  heads: Head[];
  probes: { tag: string; count: number; labels: string[] } | null;
  has_losses: boolean;
  /** The run whose losses are shown beside this one's. */
  validation_run: string | null;
}

export interface Runs {
  runs: Run[];
  messages: string[];
}

/** One capture: a picture key a probe. */
export interface Capture {
  step: number;
  wall_time: number;
  blob_keys: string[];
}

export interface HeadOutputs extends Head {
  steps: { step: number; wall_time: number; values: (number | null)[][] }[];
}

export type TermKind = 'total' | 'output' | 'weighted' | 'penalty';

export interface LossTerm {
  tag: string;
  kind: TermKind;
  output: string | null;
  role: Role | null;
  points: [step: number, wallTime: number, value: number | null][];
}

export interface Losses {
  run: string;
  terms: LossTerm[];
  validation: { run: string; terms: LossTerm[] } | null;
}

/** Channel statistics of a layer: float32 [probes, channels, columns] a step. */
export interface Stats {
  columns: string[];
  steps: { step: number; shape: number[]; values: Float32Array }[];
}
