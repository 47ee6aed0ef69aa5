import { expect, test } from 'vitest';
import type { Pane } from '../derive/panes';
import type { Capture } from '../model/capture';
import { LOADING } from '../model/loadable';
import { memoryLayer, memoryRun } from '../testing/memory_source';
import { LastShown } from './last_shown';

const captures: Capture[] = [0, 10].map((step) => ({ step, wallTime: step, pictures: [] }));

function pane(index: number, ready: boolean, more: Partial<Pane> = {}): Pane {
  const series = { version: '', items: captures, allKept: true, messages: [] };
  return {
    index: 0,
    run: memoryRun('a', []),
    layer: memoryLayer('conv1'),
    cursor: index,
    captures: { status: 'ready', value: series, problem: null },
    capture: captures[index]!,
    probe: 0,
    otherProbe: false,
    picture: ready ? ({ status: 'ready', problem: null } as Pane['picture']) : LOADING,
    statistics: null,
    gradients: null,
    ...more,
  };
}

test('the picture before stays under its own step while the next is on its way', () => {
  const shown = new LastShown();
  const first = pane(0, true);
  expect(shown.of(first)).toBe(first);
  expect(shown.of(pane(1, false))).toBe(first);
  const next = pane(1, true);
  expect(shown.of(next)).toBe(next);
});

test.each<[string, Partial<Pane>]>([
  ['another run', { run: memoryRun('b', []) }],
  ['another layer', { layer: memoryLayer('block') }],
  ['another probe', { probe: 1 }],
  ['a run that was written anew', { captures: LOADING }],
  ['a failure', { picture: { status: 'failed', message: 'damaged' } }],
])('of %s nothing from before is shown', (_, change) => {
  const shown = new LastShown();
  shown.of(pane(0, true));
  expect(shown.of(pane(1, false, change))).toBeNull();
});
