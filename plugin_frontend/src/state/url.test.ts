import { expect, test } from 'vitest';
import { ILLS } from '../derive/health';
import { GRADIENT_PLACES } from '../model/gradient';
import { COLORMAPS } from '../render/colormap';
import {
  CLIPS,
  COMPARINGS,
  LOSS_AXES,
  LOSS_VIEWS,
  PLAIN,
  SCALINGS,
  SORT_ORDERS,
  type Look,
} from './look';
import { START, type Selection } from './selection';
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

test.each(Object.keys(START) as (keyof Selection)[])(
  'the selection’s %s comes back alone',
  (key) => {
    const own = { [key]: full.selection[key], ...(key === 'following' ? { step: 7 } : {}) };
    const selection: Selection = { ...START, ...own };
    // A step alone is frozen: at the start the newest is followed.
    const asked = key === 'step' ? { ...selection, following: false } : selection;
    expect(full.selection[key]).not.toEqual(START[key]);
    expect(fromParameters(toParameters({ selection: asked, look: PLAIN }))).toEqual({
      ...{ selection: asked, look: PLAIN },
    });
  },
);

test.each(Object.keys(PLAIN) as (keyof Look)[])('the look’s %s comes back alone', (key) => {
  const look: Look = { ...PLAIN, [key]: full.look[key] };
  expect(look[key]).not.toEqual(PLAIN[key]);
  const parameters = toParameters({ selection: START, look });
  expect(Object.keys(parameters)).toHaveLength(1);
  expect(fromParameters(parameters).look).toEqual(look);
});

test('what is as at the start needs no parameter', () => {
  expect(toParameters({ selection: START, look: PLAIN })).toEqual({});
  expect(fromParameters({})).toEqual({ selection: START, look: PLAIN });
});

const choices: [keyof Look, readonly unknown[]][] = [
  ['colormap', COLORMAPS],
  ['scaling', SCALINGS],
  ['sort', SORT_ORDERS],
  ['comparing', COMPARINGS],
  ['ill', ILLS],
  ['gradientPlace', GRADIENT_PLACES],
  ['lossView', LOSS_VIEWS],
  ['lossAxis', LOSS_AXES],
  ['clip', CLIPS],
];
test.each(choices.flatMap(([key, values]) => values.map((value) => [key, value] as const)))(
  '%s %s comes back',
  (key, value) => {
    const look = { ...PLAIN, [key]: value };
    expect(fromParameters(toParameters({ selection: START, look })).look).toEqual(look);
  },
);

test.each([
  { swipe: 0 },
  { swipe: 1 },
  { swipe: 1 / 3 },
  { rangeLow: 0 },
  { rangeLow: -1e-30, rangeHigh: 3.4e38 },
  { smoothing: 0.05 },
  { smoothing: 0.99 },
  { smoothing: 0.3 + 0.3 + 0.3 },
  { smoothing: 1e-7 },
  { top: 1 },
  { hiddenCurves: ['', '"', '\\', ' ', '\u202e'] },
  { sortTerm: '' },
  { lossTerm: '' },
  { classIndex: 21_840 },
])('a look of %j comes back', (change) => {
  const look = { ...PLAIN, ...change };
  expect(fromParameters(toParameters({ selection: START, look })).look).toEqual(look);
});

test.each([
  { run: '' },
  { run: '.' },
  { run: '%2F&=#?+ \u202e', layer: 'featuremaps/%' },
  { runFilter: ' ' },
  { step: 0, following: false },
  { step: 123_456_789_012, following: true },
  { point: { x: 0, y: 0 } },
  { point: { x: 0.3333, y: 0.0001 } },
  { comparison: { kind: 'run', run: '' } as const },
  { comparison: { kind: 'run', run: 'run:step:1' } as const },
  { comparison: { kind: 'step', step: 0 } as const },
  { channel: 20_000 },
  { channel: 'mean' as const },
  { channel: 'top12' as const },
])('a selection of %j comes back through an address', (change) => {
  const selection = { ...START, ...change };
  // As the host page's address holds it.
  const text = new URLSearchParams(toParameters({ selection, look: PLAIN })).toString();
  const parameters = Object.fromEntries(new URLSearchParams(text));
  expect(fromParameters(parameters).selection).toEqual(selection);
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

test.each([
  [{ run: 'b' }, true],
  [{ channel: 0 }, true],
  [{ view: 'health' } as const, true],
  [{ comparison: { kind: 'step', step: 1 } } as const, true],
  [{ pane: 1 } as const, false],
  [{ following: false }, false],
  [{ sheet: 'side' } as const, false],
])('whether %j is a place that “back” leads to: %s', (change, expected) => {
  expect(isElsewhere(START, { ...START, ...change })).toBe(expected);
});

test('another step that is compared is the same place', () => {
  const at = (step: number) => ({ ...START, comparison: { kind: 'step', step } as const });
  expect(isElsewhere(at(1), at(2))).toBe(false);
});

test.each([
  ['smoothing', '0.999', { smoothing: 0.99 }],
  ['smoothing', '1', { smoothing: 0 }],
  ['smoothing', '-0.5', { smoothing: 0 }],
  ['smoothing', 'NaN', { smoothing: 0 }],
  ['swipe', '-0.1', { swipe: 0.5 }],
  ['swipe', '', { swipe: 0.5 }],
  ['rangeLow', 'Infinity', { rangeLow: null }],
  ['rangeLow', ' ', { rangeLow: null }],
  ['top', '1e3', { top: null }],
  ['class', '-1', { classIndex: null }],
  ['hidden', '"x"', { hiddenCurves: [] }],
  ['hidden', '[1]', { hiddenCurves: [] }],
  ['hidden', 'null', { hiddenCurves: [] }],
  ['overlay', 'true', { overlay: false }],
  ['ill', 'constructor', { ill: null }],
])('a link of %s=%s is read as far as it makes sense', (name, text, look) => {
  expect(fromParameters({ [name]: text }).look).toEqual({ ...PLAIN, ...look });
});

test.each([
  ['step', '1e5', { step: null, following: true }],
  ['step', '9'.repeat(16), { step: null, following: true }],
  ['probe', '-1', { probe: 0 }],
  ['point', '0.5', { point: null }],
  ['point', '0.5,0.5,0.5', { point: null }],
  ['point', '1,1.0', { point: { x: 1, y: 1 } }],
  ['compare', 'step:', { comparison: null }],
  ['compare', 'layer:x', { comparison: null }],
  ['sheet', 'top', { sheet: null }],
  ['pane', '01', { pane: 0 }],
])('a link to %s=%s leads as far as it makes sense', (name, text, selection) => {
  expect(fromParameters({ [name]: text }).selection).toEqual({ ...START, ...selection });
});

test('an empty layer is none, so a run without maps is not told that it lacks one', () => {
  expect(fromParameters({ run: 'outputs', layer: '' }).selection.layer).toBeNull();
});
