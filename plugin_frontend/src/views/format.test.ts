import { expect, test } from 'vitest';
import { formatShape, formatValue } from './format';

test.each([
  [0, '0'],
  [0.07817, '0.07817'],
  [-1234.5678, '−1234.6'],
  [1e-7, '1.00e−7'],
  [123456789, '1.23e8'],
  [NaN, 'NaN'],
  [-Infinity, '−∞'],
  [null, '–'],
  [undefined, '–'],
])('%d is shown as %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test('a shape without a fixed size says so', () => {
  expect(formatShape([0, 8, 3])).toBe('?×8×3');
});
