import { expect, test } from 'vitest';
import { gradientTable } from '../derive/gradients';
import type { Gradients } from '../model/gradient';
import { gradientsAsCsv } from './gradients';

/** Two layers, two terms; nothing of the penalty reaches the first layer. */
const gradients: Gradients = {
  ...{ run: 'r', version: '1', messages: [] },
  series: [
    {
      ...{ tag: 'g', place: 'activations', layers: ['a', 'b,c'], allKept: true },
      terms: [
        { name: 'main', kind: 'output', role: 'main' },
        { name: 'penalty', kind: 'penalty', role: null },
      ],
      steps: [
        { step: 0, wallTime: NaN, values: Float32Array.of(2, 1, 0, NaN, 4, 1, 0.5, -0.25) },
        { step: 10, wallTime: 99, values: Float32Array.of(Infinity, 1, 0, NaN, 1, 1, 1, 1) },
      ],
    },
  ],
};

test('each layer and term has its norm and its cosine, and what is not finite is empty', () => {
  const lines = gradientsAsCsv(gradientTable(gradients, 'activations', null)!).split('\r\n');
  expect(lines).toEqual([
    'step,wall_time,a: main norm,a: main cosine,a: penalty norm,a: penalty cosine,' +
      '"b,c: main norm","b,c: main cosine","b,c: penalty norm","b,c: penalty cosine"',
    '0,,2,1,0,,4,1,0.5,-0.25',
    '10,99,,1,0,,1,1,1,1',
    '',
  ]);
});
