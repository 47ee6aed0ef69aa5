import { expect, test } from 'vitest';
import { initialState } from './state';
import { fromParameters, isElsewhere, toParameters } from './url';

test('what a link holds comes back', () => {
  const state = {
    ...initialState(),
    run: 'a/b c<"日本>/train',
    layer: 'featuremaps/x y',
    probe: 2,
    channel: 0,
    step: 120,
    following: false,
    colormap: 'magma' as const,
    scaling: 'steps' as const,
    sort: 'change' as const,
    view: 'health' as const,
    lossView: 'stacked' as const,
    comparison: { kind: 'run' as const, run: 'step:5/train' },
  };
  const back = { ...initialState(), ...fromParameters(toParameters(state)) };
  expect(back).toEqual(state);
});

test('a link that follows the newest step names none', () => {
  const state = { ...initialState(), run: 'r', step: 5 };
  expect(toParameters(state)).toEqual({ run: 'r' });
});

test('a comparison with a step comes back', () => {
  const comparison = { kind: 'step' as const, step: 40 };
  const link = toParameters({ ...initialState(), comparison });
  expect(fromParameters(link)).toEqual({ comparison });
  expect(fromParameters({ compare: 'step:x' })).toEqual({});
});

test('what makes no sense is left out', () => {
  const nonsense = { step: '-1', probe: 'x', channel: '1.5', colormap: 'toString', scaling: '' };
  expect(fromParameters(nonsense)).toEqual({});
});

test('another layer is elsewhere, another step is not', () => {
  const state = initialState();
  expect(isElsewhere(state, { ...state, layer: 'x' })).toBe(true);
  expect(isElsewhere(state, { ...state, step: 5, probe: 1 })).toBe(false);
});
