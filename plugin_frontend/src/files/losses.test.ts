import { expect, test } from 'vitest';
import { lossesOf, termOf } from '../testing/losses';
import { lossesAsCsv } from './losses';

const rows = (csv: string) =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

const train = lossesOf(
  'r/train',
  termOf('total', null, { 0: 6, 10: 3 }),
  termOf('penalty', null, { 10: 0.5, 20: null }),
);

test('there is a row for each step at which anything was measured, in their order', () => {
  const late = lossesOf('r/val', termOf('total', null, { 5: 9 }));
  expect(rows(lossesAsCsv({ train, validation: late }))).toEqual([
    ['step', 'wall_time', 'r/train: loss/total', 'r/train: loss/penalty', 'r/val: loss/total'],
    ['0', '1000', '6', '', ''],
    ['5', '1005', '', '', '9'],
    ['10', '1010', '3', '0.5', ''],
    ['20', '1020', '', '', ''],
  ]);
});

test('a time that is not known is an empty field, not a word', () => {
  const [term] = train.terms;
  const points = term!.points.map((point) => ({ ...point, wallTime: NaN }));
  const csv = lossesAsCsv({ train: lossesOf('r', { ...term!, points }), validation: null });
  expect(rows(csv)[1]).toEqual(['0', '', '6']);
});

test('values keep all their digits', () => {
  const losses = lossesOf('r', termOf('total', null, { 0: 1 / 3, 1: 1e-300, 2: -2.5e20 }));
  const values = rows(lossesAsCsv({ train: losses, validation: null })).slice(1);
  expect(values.map(([, , value]) => Number(value))).toEqual([1 / 3, 1e-300, -2.5e20]);
});

test('losses without terms or points are a table without rows', () => {
  expect(lossesAsCsv({ train: lossesOf('r'), validation: null })).toBe('step,wall_time\r\n');
  const empty = lossesOf('r', termOf('total', null, {}));
  expect(rows(lossesAsCsv({ train: empty, validation: null }))).toHaveLength(1);
});

test('a run of any name stays one column', () => {
  const odd = lossesOf('a,b "c"', termOf('total', null, { 0: 1 }));
  const header = lossesAsCsv({ train: odd, validation: null }).split('\r\n')[0];
  expect(header).toBe('step,wall_time,"a,b ""c"": loss/total"');
});
