export type Role = 'main' | 'auxiliary';

export interface Layer {
  /** The tag of its pictures; what identifies it within a run. */
  readonly tag: string;
  readonly statsTag: string | null;
  /** Of the gradients of the loss's terms at its channels. */
  readonly gradientsTag: string | null;
  /** Of what the heads owe to its channels. */
  readonly attributionsTag: string | null;
  readonly name: string;
  readonly className: string;
  /** Output shape without the batch axis, in the layer's own data format; 0 where it is open. */
  readonly shape: readonly number[];
  readonly dataFormat: string;
  readonly channels: number;
  /** Of the newest capture; NaN where it is not known. */
  readonly lastStep: number;
  readonly lastWallTime: number;
}

export interface Head {
  readonly tag: string;
  readonly name: string;
  readonly role: Role | null;
  readonly weight: number;
  /** Of the newest prediction; NaN where it is not known. */
  readonly lastWallTime: number;
}

export interface ProbeSet {
  readonly tag: string;
  readonly count: number;
  readonly labels: readonly string[];
  readonly lastWallTime: number;
}

/** Steps between which events were lost, and how many. */
export interface Gap {
  readonly fromStep: number;
  readonly toStep: number;
  readonly lost: number;
}

export interface Run {
  readonly name: string;
  /** Changes when the run does. */
  readonly version: string;
  /** Layers in the model's order. */
  readonly layers: readonly Layer[];
  readonly heads: readonly Head[];
  readonly probes: ProbeSet | null;
  readonly hasLosses: boolean;
  readonly hasGradients: boolean;
  /** The run whose losses are shown beside this one's. */
  readonly validationRun: string | null;
  readonly gaps: readonly Gap[];
}

/** The runs of the log directory that hold data of ours. */
export interface Listing {
  readonly version: string;
  readonly runs: readonly Run[];
  /** What could not be read, and why. */
  readonly messages: readonly string[];
}
