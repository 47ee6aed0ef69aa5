import { expect, test } from 'vitest';
import { shortNames } from './run_names';

const short = (...names: string[]) => [...shortNames(names).values()];

test('folders that all runs share are left out', () => {
  expect(short('logs/a/train', 'logs/b/train')).toEqual(['a', 'b']);
  expect(short('a/1/train', 'a/2/validation')).toEqual(['1/train', '2/validation']);
});

test('every run keeps a name of its own', () => {
  expect(short('only/train')).toEqual(['only/train']);
  expect(short('a', 'a/a')).toEqual(['a', 'a/a']);
  expect(short('x/x', 'x/x/x')).toEqual(['x', 'x/x']);
});
