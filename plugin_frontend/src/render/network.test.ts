import { expect, test } from 'vitest';
import { columnStart, shareRamp, stepColumns } from './network';

test('many steps share columns, and none is left out', () => {
  const columns = stepColumns(1000, 300.5);
  const starts = Array.from({ length: columns + 1 }, (_, at) => columnStart(at, columns, 1000));
  expect([columns, starts[0], starts.at(-1)]).toEqual([300, 0, 1000]);
  expect(starts.slice(1).every((start, index) => start > starts[index]!)).toBe(true);
  expect(stepColumns(4, 300)).toBe(4);
  expect(stepColumns(4, 0)).toBe(1);
});

test('the least share is told from none, and all is the full colour', () => {
  const ramp = shareRamp([255, 255, 255], [0, 0, 0]);
  expect([ramp[0], ramp[255]]).toEqual([0xffffffff, 0xff000000]);
  expect(ramp[1]! & 255).toBeLessThan(255 - 30);
});
