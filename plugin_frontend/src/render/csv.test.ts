import { expect, test } from 'vitest';
import { toCsv } from './csv';

test('names that hold commas or quotes are quoted', () => {
  expect(toCsv(['a,b', 'c"d'], [[1, null]])).toBe('"a,b","c""d"\r\n1,\r\n');
});
