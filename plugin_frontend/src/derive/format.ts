/** A number as it is shown: four digits that matter, and names for what is not finite. */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return typographic(
    size >= 1e5 || size < 1e-3 ? value.toExponential(2) : value.toPrecision(size >= 1000 ? 5 : 4),
  );
}

/** A number with its sign, also where that is a plus. */
export function formatSigned(value: number | null | undefined): string {
  const text = formatValue(value);
  return Number(value) > 0 && text !== '+∞' ? `+${text}` : text;
}

/** A round value on an axis, without zeros that say nothing. */
export function formatTick(value: number): string {
  return formatValue(value).replace(/\.(\d*?)0+(?=$|e)/, (_, digits) =>
    digits ? `.${digits}` : '',
  );
}

/** A value that is known only to some uncertainty, with the digits that are known. */
export function formatMeasured(value: number, uncertainty: number): string {
  if (!Number.isFinite(value) || !(uncertainty > 0)) return formatValue(value);
  const spread = Number(uncertainty.toExponential(0));
  const exponent = Math.floor(Math.log10(spread));
  const size = Math.max(Math.abs(value), spread);
  if (size >= 1e5 || size < 1e-4) {
    const power = Math.floor(Math.log10(size));
    const digits = Math.max(0, power - exponent);
    const scaled = (number: number) => (number / 10 ** power).toFixed(digits);
    return typographic(`(${scaled(value)} ± ${scaled(spread)})e${power}`);
  }
  const digits = Math.max(0, -exponent);
  return typographic(`${value.toFixed(digits)} ± ${spread.toFixed(digits)}`);
}

/** A step, with its thousands apart. */
export function formatStep(step: number): string {
  return step.toLocaleString('en');
}

/** Height × width × channels, or whatever the layer's shape is. */
export function formatShape(shape: readonly number[]): string {
  return shape.map((size) => (size ? String(size) : '?')).join('×');
}

function typographic(text: string): string {
  return text.replaceAll('-', '−').replace('e+', 'e');
}
