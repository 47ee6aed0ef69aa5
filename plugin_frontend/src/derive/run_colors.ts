import { memoised } from './memo';

/**
 * The default palette of TensorBoard 2's time series, light and dark. There a run's colour is its
 * place among all runs of the log directory, as `data/runs` lists them; a page of another frame
 * can't read what the user has changed by hand there, nor a grouping by regular expression.
 */
const PALETTE = [
  { light: '#425066', dark: '#8e98a3' },
  { light: '#12b5cb', dark: '#12b5cb' },
  { light: '#e52592', dark: '#e52592' },
  { light: '#f9ab00', dark: '#f9ab00' },
  { light: '#9334e6', dark: '#9334e6' },
  { light: '#7cb342', dark: '#7cb342' },
  { light: '#e8710a', dark: '#e8710a' },
] as const;

/** The colour of a run, as CSS; null for a run that TensorBoard does not list (yet). */
export type RunColors = (name: string) => string | null;

/** @param names all runs of the log directory in TensorBoard's order. */
export const runColorsOf = memoised((names: readonly string[]): RunColors => {
  const places = new Map(names.map((name, index) => [name, index]));
  return (name) => {
    const place = places.get(name);
    if (place === undefined) return null;
    const { light, dark } = PALETTE[place % PALETTE.length]!;
    return `light-dark(${light}, ${dark})`;
  };
});
