import { expect, test } from 'vitest';
import { formatDuration } from './step_chart';

test.each([
  [0, '0 s'],
  [12.345, '12.3 s'],
  [125, '2:05 min'],
  [5400, '1:30 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
