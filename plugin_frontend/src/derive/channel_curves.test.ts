import { expect, test } from 'vitest';
import { channelColumns } from './channel_curves';

test('what is not finite is a gap in the curves of a channel', () => {
  const values = Float32Array.from([NaN, 2, 1, 0, 0, 0]);
  const statistics = [{ step: 3, wallTime: 0, probes: 1, channels: 1, values }];
  expect(channelColumns(statistics, 0, 0)).toEqual([[3], [null], [1], [2]]);
});
