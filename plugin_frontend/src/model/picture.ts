/** What the grey levels of an atlas stand for, and where its channels lie. */
export interface AtlasScale {
  readonly channels: number;
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly columns: number;
  /** A channel's value at grey level 0. */
  readonly lo: Float32Array | Float64Array;
  /** A channel's value at grey level 255. */
  readonly hi: Float32Array | Float64Array;
  /** How much further than half a level a channel's values can be from the truth; 0 if it isn't there. */
  readonly error?: Float32Array;
}

/** A decoded channel atlas: uint8 grey levels, row by row, and what they stand for. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
  readonly scale: AtlasScale;
}

/** One channel's map at one step, cut out of an atlas. */
export interface Frame {
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
  /** Values at grey level 0 and 255. */
  readonly lo: number;
  readonly hi: number;
}

/** RGBA pixels of a probe as it was logged. */
export interface ProbePixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}

/** The values that colours span. */
export interface Range {
  readonly low: number;
  readonly high: number;
}
