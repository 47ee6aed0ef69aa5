/** Round values for an axis: steps of 1, 2 or 5 times a power of ten, about so many. */
export function ticksWithin(low: number, high: number, about: number): readonly number[] {
  if (!(high > low)) return Number.isFinite(low) ? [low] : [];
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Powers of ten within a range above zero; round values where there is none or one. */
export function logTicksWithin(low: number, high: number): readonly number[] {
  if (!(low > 0) || !Number.isFinite(high)) return [];
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.max(0, Math.floor(Math.log10(high) + 1e-9) - first + 1);
  if (count < 2) return ticksWithin(low, high, 4);
  const every = Math.ceil(count / 6);
  const powers = Array.from({ length: count }, (_, index) => Number(`1e${first + index}`));
  return powers.filter((_, index) => index % every === 0);
}
