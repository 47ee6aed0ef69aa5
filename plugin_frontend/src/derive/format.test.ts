import { expect, test } from 'vitest';
import { formatMeasured, formatShape, formatSigned, formatTick, formatValue } from './format';

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

test.each([
  [1.31372, 0.0039, '1.314 ± 0.004'],
  [-1.31372, 0.0039, '−1.314 ± 0.004'],
  [0, 0.0039, '0.000 ± 0.004'],
  [12.7, 3.1, '13 ± 3'],
  [1.23456e-6, 2e-9, '(1.235 ± 0.002)e−6'],
  [123456789, 40000, '(1.2346 ± 0.0004)e8'],
  [0.5, 0.0999, '0.5 ± 0.1'],
  [0.07817, 0, '0.07817'],
])('%d known to %d is shown as %s', (value, uncertainty, text) => {
  expect(formatMeasured(value, uncertainty)).toBe(text);
});

test('a shape without a fixed size says so', () => {
  expect(formatShape([0, 8, 3])).toBe('?×8×3');
});

test.each([
  [0.5, '+0.5000'],
  [-0.5, '−0.5000'],
  [0, '0'],
  [Infinity, '+∞'],
  [NaN, 'NaN'],
  [undefined, '–'],
])('the sign of %d is shown: %s', (value, text) => {
  expect(formatSigned(value)).toBe(text);
});

test('ticks have no zeros that say nothing', () => {
  expect([0, 4, 0.25, 400, -1000, 20_000, 2e-7, 1.5e6].map(formatTick)).toEqual([
    ...['0', '4', '0.25', '400', '−1000', '20000', '2e−7', '1.5e6'],
  ]);
});
