/**
 * The moving average that TensorBoard's Scalars tab draws: exponential, and corrected for its
 * start; gaps stay gaps.
 *
 * @param weight of the past, 0 to below 1.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let average = 0;
  let share = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    average = weight * average + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return average / share;
  });
}
