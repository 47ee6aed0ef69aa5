import { expect, test } from 'vitest';
import { initialState } from './state';
import { fromParameters, toParameters } from './url';

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
  };
  const back = { ...initialState(), ...fromParameters(toParameters(state)) };
  expect(back).toEqual(state);
});

test('a link that follows the newest step names none', () => {
  const state = { ...initialState(), run: 'r', step: 5 };
  expect(toParameters(state)).toEqual({ run: 'r' });
});

test('what makes no sense is left out', () => {
  const nonsense = { step: '-1', probe: 'x', channel: '1.5', colormap: 'toString', scaling: '' };
  expect(fromParameters(nonsense)).toEqual({});
});
