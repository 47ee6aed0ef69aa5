/** What is logged at a step. A rerun or a resumed run writes a step anew, at another time. */
export interface Item {
  readonly step: number;
  /** Seconds since 1970; NaN where it is not known. */
  readonly wallTime: number;
}

/** A series as TensorBoard holds it. */
export interface Series<Entry extends Item> {
  /** What the server calls this state of the series. */
  readonly version: string;
  /** In the order of their steps. */
  readonly items: readonly Entry[];
  /** Whether nothing that was written can have been dropped. */
  readonly allKept: boolean;
  /** What had to be left out, and why. */
  readonly messages: readonly string[];
}
