/** A value as it is shown: four digits that matter, and names for what is not finite. */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e5 || size < 1e-3 ? value.toExponential(2) : value.toPrecision(size >= 1000 ? 5 : 4);
  return text.replace('-', '−').replace('e+', 'e').replace('e-', 'e−');
}

/** Height × width × channels, or whatever the layer's shape is. */
export function formatShape(shape: number[]): string {
  return shape.map((size) => (size ? String(size) : '?')).join('×');
}
