import { expect, test } from 'vitest';
import { PLAIN } from './look';
import { START } from './selection';
import { fromParameters, isElsewhere, toParameters, type Linked } from './url';

const full: Linked = {
  selection: {
    run: 'a/b c<"日本>/train',
    layer: 'featuremaps/x y',
    runFilter: '^a/(?!x)',
    probe: 2,
    channel: 0,
    point: { x: 0.25, y: 1 },
    step: 120,
    following: false,
    view: 'health',
    comparison: { kind: 'run', run: 'step:5/train' },
    pane: 1,
    sheet: 'layers',
  },
  look: {
    colormap: 'magma',
    scaling: 'steps',
    sort: 'importance',
    sortTerm: 'aux1 a=b&c',
    hideInactive: true,
    top: 12,
    overlay: true,
    ill: 'constant',
    gradientPlace: 'kernels',
    clip: 0.01,
    rangeLow: -1.5,
    rangeHigh: 2e-7,
    comparing: 'swipe',
    swipe: 0.25,
    lossView: 'stacked',
    lossAxis: 'relative',
    lossTerm: 'weighted a=b&c',
    hiddenCurves: ['total', 'weighted a,"b'],
    logScale: true,
    smoothing: 0.85,
    classIndex: 0,
  },
};

test('all that is seen comes back from a link', () => {
  expect(fromParameters(toParameters(full))).toEqual(full);
});

test('an address says of its step whether it is the newest that is followed', () => {
  const selection = { ...START, run: 'r', step: 5, following: true };
  const parameters = toParameters({ selection, look: PLAIN });
  expect(parameters).toEqual({ run: 'r', step: '5', latest: '1' });
  expect(fromParameters(parameters).selection.following).toBe(true);
  const frozen = toParameters({ selection: { ...selection, following: false }, look: PLAIN });
  expect(fromParameters(frozen).selection).toMatchObject({ step: 5, following: false });
});

test('a comparison with a step comes back', () => {
  const comparison = { kind: 'step', step: 40 } as const;
  const link = toParameters({ selection: { ...START, comparison }, look: PLAIN });
  expect(fromParameters(link).selection.comparison).toEqual(comparison);
});

test('what makes no sense is as at the start', () => {
  const nonsense = {
    ...{ step: '-1', probe: 'x', channel: '1.5', colormap: 'toString', scaling: '' },
    ...{ compare: 'step:x', smoothing: '7', class: 'cat', pane: '2', view: '__proto__' },
    ...{ lossAxis: 'clock', hidden: '[1', clip: '0.2', rangeLow: '1e999', swipe: '2' },
    ...{ top: '0', point: '1.5,0' },
  };
  expect(fromParameters(nonsense)).toEqual({ selection: START, look: PLAIN });
});

test('another layer is elsewhere, another step is not', () => {
  expect(isElsewhere(START, { ...START, layer: 'x' })).toBe(true);
  expect(isElsewhere(START, { ...START, step: 5, probe: 1 })).toBe(false);
});
