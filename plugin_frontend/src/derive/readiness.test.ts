import { expect, test } from 'vitest';
import { LOADING } from '../model/loadable';
import { memoryLayer } from '../testing/memory_source';
import { pictureOf } from '../testing/pictures';
import { ready, seriesOf, testPane } from '../testing/test_pane';
import { statisticsAt, spanning } from '../testing/statistics';
import type { Pane } from './panes';
import { whyNoHealth, whyNoMaps, whyNoNetwork } from './readiness';

const picture = ready(pictureOf({ lo: [0], hi: [1], maps: [[0]] }));
const failed = { status: 'failed', message: 'it is damaged' } as const;
const slot = (more: Partial<Pane>) => ({ pane: testPane(more) });

test('maps can be taken away when nothing of them is still to come', () => {
  const first = slot({ picture });
  const why = (second: Parameters<typeof whyNoMaps>[0]['second']) =>
    whyNoMaps({ first, second }, false);
  expect(why(null)).toBeNull();
  expect(why({ problem: 'no such run' })).toBeNull();
  expect(why(slot({ picture: failed }))).toBeNull();
  expect(why(slot({ picture: LOADING }))).toContain('Loading');
  expect(why(slot({ picture, statistics: LOADING }))).toContain('Loading');
  expect(why(slot({ picture, statistics: failed }))).toBeNull();
});

test('the first maps say why they are not there', () => {
  const of = (more: Partial<Pane>, byImportance = false) =>
    whyNoMaps({ first: slot(more), second: null }, byImportance);
  expect(of({ picture: failed })).toBe('it is damaged');
  expect(of({ picture, statistics: LOADING })).toContain('Loading');
  expect([of({ picture, gradients: LOADING }), of({ picture, gradients: LOADING }, true)]).toEqual([
    null,
    expect.stringContaining('Loading'),
  ]);
  expect(whyNoMaps({ first: { problem: 'no such run' }, second: null }, false)).toBe('no such run');
  expect(whyNoMaps({ first: null, second: null }, false)).toBe('There are no maps.');
});

test('a network is whole when none of its layers is still to come', () => {
  const row = (problem: string | null, isLoading: boolean) => ({
    ...{ layer: memoryLayer('a'), curve: null, problem, isLoading },
  });
  const none = row('no statistics were logged', false);
  expect(whyNoNetwork({ rows: [none], steps: [0] })).toBeNull();
  expect(whyNoNetwork({ rows: [none, row('Loading …', true)], steps: [0] })).toContain('Loading');
  expect(whyNoNetwork({ rows: [none], steps: [] })).toBe('no statistics were logged');
});

test('health says why it is not there', () => {
  const of = (statistics: Pane['statistics']) => whyNoHealth(testPane({ statistics }));
  expect(of(null)).toContain('No statistics');
  expect(of(LOADING)).toContain('Loading');
  expect(of(failed)).toBe('it is damaged');
  expect(of(ready(seriesOf()))).toContain('Nothing');
  expect(of(ready(seriesOf(statisticsAt(0, [spanning(0, 1)]))))).toBeNull();
});
