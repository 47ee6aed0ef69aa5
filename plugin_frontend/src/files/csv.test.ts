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

test.each([
  [[[0]], 'a\r\n0\r\n'],
  [[[-0]], 'a\r\n0\r\n'],
  [[[1e21]], 'a\r\n1e+21\r\n'],
  [[[null], [2]], 'a\r\n\r\n2\r\n'],
  [[], 'a\r\n'],
])('rows of %j are %j', (rows, text) => {
  expect(toCsv(['a'], rows)).toBe(text);
});

test.each([
  ['a\nb', '"a\nb"'],
  ['a\r\nb', '"a\r\nb"'],
  ['a"b', '"a""b"'],
  ['', ''],
  ['特徴', '特徴'],
  ["'quoted", "'quoted"],
  ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
])('a field of %j is %j', (text, field) => {
  expect(toCsv([text], [])).toBe(`${field}\r\n`);
});

test('no field is two, and every row has as many as the header', () => {
  const names = ['a,b', '"', '\n', '=1', 'x'];
  const csv = toCsv(names, [[1, null, 3, null, 5]]);
  expect(parsed(csv)).toEqual([
    ['a,b', '"', '\n', "'=1", 'x'],
    ['1', '', '3', '', '5'],
  ]);
});

/** Reads CSV as RFC 4180 says. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of csv.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
