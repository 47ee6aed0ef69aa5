/**
 * Colours of lines: the total, then the terms; orange is left to the cursor. All can be told apart
 * also without red-green vision, which the test of this file computes.
 */
export const LINE_COLORS = {
  light: ['#202124', '#1f52d0', '#8f7200', '#2a93b7', '#d0267f', '#12682f'],
  dark: ['#f1f3f4', '#5a84f5', '#a08a10', '#4fc3e0', '#ff70af', '#a5e34f'],
} as const;

/** So many lines have a colour of their own; those after them begin again, dashed. */
export const LINE_COUNT = LINE_COLORS.light.length;

/** The custom property of the page that holds a line's colour. */
export function lineColor(index: number): string {
  return `--series-${index % LINE_COUNT}`;
}

/**
 * The default palette of TensorBoard 2's time series. A page of another frame can't read what the
 * user has changed by hand there, nor a grouping by regular expression.
 */
export const RUN_COLORS = {
  light: ['#425066', '#12b5cb', '#e52592', '#f9ab00', '#9334e6', '#7cb342', '#e8710a'],
  dark: ['#8e98a3', '#12b5cb', '#e52592', '#f9ab00', '#9334e6', '#7cb342', '#e8710a'],
} as const;

/** The custom property of the page that holds the colour of a run, by its place among all runs. */
export function runColor(place: number): string {
  return `--run-${place % RUN_COLORS.light.length}`;
}

/** Colours of the states of channels, and of the ramp of those that are well. */
export const HEALTH_COLORS = {
  light: {
    ...{ full: '#2f6db5', sparse: '#dbe7f5', dead: '#202124' },
    ...{ inactive: '#8f949a', constant: '#b88a00', notFinite: '#a30d66' },
  },
  dark: {
    ...{ full: '#4f83d6', sparse: '#2c3e57', dead: '#f1f3f4' },
    ...{ inactive: '#6f747a', constant: '#e0b23c', notFinite: '#ff74c0' },
  },
} as const;

/** Strokes and gaps in pixels, by which lines of one plot differ also without any colour. */
const DASHES = [undefined, [10, 3], [4, 3], [10, 3, 2, 3], [2, 3], [14, 4, 4, 4]] as const;

/** undefined for a line without gaps. */
export function lineDash(index: number): number[] | undefined {
  const dash = DASHES[index % DASHES.length];
  return dash && [...dash];
}

type Theme = keyof typeof LINE_COLORS;

/** The colours by the custom properties of the page that hold them. */
function colorsOf(theme: Theme): ReadonlyMap<string, string> {
  return new Map([
    ...LINE_COLORS[theme].map((color, index) => [`--series-${index}`, color] as const),
    ...RUN_COLORS[theme].map((color, index) => [`--run-${index}`, color] as const),
    ...Object.entries(HEALTH_COLORS[theme]).map(
      ([state, color]) => [`--health-${state}`, color] as const,
    ),
  ]);
}

const PRINTED = colorsOf('light');

/** The colour of a custom property on white paper; grey for another one. */
export function printColor(property: string): string {
  return PRINTED.get(property) ?? '#5f6368';
}

export function colorVariables(theme: Theme): string {
  return Array.from(colorsOf(theme), ([name, color]) => `${name}: ${color};`).join(' ');
}
