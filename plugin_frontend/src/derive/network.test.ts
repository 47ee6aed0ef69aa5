import { expect, test } from 'vitest';
import { memoryLayer } from '../testing/memory_source';
import { healthCurve } from './health';
import { hasIll, sharePath, shownIll, worstCell, type Network } from './network';

/** Two channels for one probe: how many of them are zero at each step. */
function layer(steps: readonly number[], zeros: readonly number[]) {
  const channel = (zero: boolean) => (zero ? [0, 0, 0, 0, 1, 0] : [0, 1, 0.5, 0.1, 0.2, 0]);
  return steps.map((step, index) => ({
    step,
    wallTime: step,
    probes: 1,
    channels: 2,
    values: Float32Array.from([...channel(zeros[index]! > 0), ...channel(zeros[index]! > 1)]),
  }));
}

test('of the steps of a column the worst is shown', () => {
  const curve = healthCurve(layer([0, 10, 20, 30], [0, 2, 0, 1]), 0, true);
  expect([...curve.counts.inactive]).toEqual([0, 2, 0, 0]);
  expect([...curve.counts.dead]).toEqual([0, 0, 0, 1]);
  expect(worstCell(curve, [0, 10, 20, 30], 0, 3, 'inactive')).toEqual({ index: 1, share: 1 });
  expect(worstCell(curve, [0, 10, 20, 30], 2, 4, 'dead')).toEqual({ index: 3, share: 0.5 });
});

test('a layer that was not captured at a step shows its nearest capture', () => {
  const curve = healthCurve(layer([0, 100], [0, 1]), 0, true);
  expect(worstCell(curve, [0, 50, 90, 100], 2, 3, 'dead')).toEqual({ index: 1, share: 0.5 });
});

test('the gravest ill that there is is shown unless another is chosen', () => {
  const network = (zeros: readonly number[]): Network => {
    const curve = healthCurve(layer([0, 10], zeros), 0, true);
    return {
      rows: [{ layer: memoryLayer('a'), curve, problem: null, isLoading: false }],
      steps: [0, 10],
    };
  };
  expect(shownIll(network([1, 0]), null)).toBe('inactive');
  expect(shownIll(network([1, 1]), null)).toBe('dead');
  expect(shownIll(network([1, 1]), 'constant')).toBe('constant');
  expect(shownIll(network([0, 0]), null)).toBe('dead');
  expect([hasIll(network([0, 0]), 'dead'), hasIll(network([0, 1]), 'dead')]).toEqual([false, true]);
});

test('the curve goes from the first step to the last, and is level with one step', () => {
  expect(sharePath(healthCurve(layer([0, 10], [0, 1]), 0, true), 'dead')).toBe(
    'M0.00,1.0000 L100.00,0.5000',
  );
  expect(sharePath(healthCurve(layer([5], [2]), 0, true), 'dead')).toBe('M0.00,0.0000 H100');
});
