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

/** Strokes and gaps in pixels, by which lines of one plot differ also without any colour. */
const DASHES = [undefined, [10, 3], [4, 3], [10, 3, 2, 3], [2, 3], [14, 4, 4, 4]] as const;

/** undefined for a line without gaps. */
export function lineDash(index: number): number[] | undefined {
  const dash = DASHES[index % DASHES.length];
  return dash && [...dash];
}

export function lineVariables(theme: keyof typeof LINE_COLORS): string {
  return LINE_COLORS[theme].map((color, index) => `--series-${index}: ${color};`).join(' ');
}
