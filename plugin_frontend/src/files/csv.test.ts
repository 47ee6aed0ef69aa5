import { expect, test } from 'vitest';
import { toCsv } from './csv';

test('names that hold commas or quotes are quoted', () => {
  expect(toCsv(['a,b', 'c"d'], [[1, null]])).toBe('"a,b","c""d"\r\n1,\r\n');
});

test.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx'])(
  '%j is no formula to a spreadsheet',
  (name) => {
    expect(toCsv([name], [])).toBe(`"'${name}"\r\n`);
  },
);

test('negative numbers stay numbers', () => {
  expect(toCsv(['a'], [[-1.5]])).toBe('a\r\n-1.5\r\n');
});
