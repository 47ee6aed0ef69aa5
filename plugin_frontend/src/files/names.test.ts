import { expect, test } from 'vitest';
import { memoryLayer, memoryRun } from '../testing/memory_source';
import { captureAt, testPane } from '../testing/test_pane';
import { fileName } from './download';
import { paneFileName } from './names';

const pane = (run: string, layer: string, step: number | null = 10, probe = 0) =>
  testPane({
    ...{ run: memoryRun(run, []), layer: memoryLayer(layer), probe },
    capture: step === null ? null : captureAt(step),
  });

test('a file says run, layer, probe, step and kind', () => {
  expect(paneFileName(pane('r', 'conv1', 400, 1), 'maps', 'png')).toBe(
    'r_conv1_probe2_step400_maps.png',
  );
  expect(paneFileName(pane('r', 'conv1', null), 'maps', 'png')).toMatch(/_step_maps\.png$/);
});

test.each([
  ['a/b:c*d?"e<f>|g\\h.png', 'a_b_c_d_e_f_g_h.png'],
  ['日本 ö.csv', '日本_ö.csv'],
  ['a.b.c.csv', 'a.b.c.csv'],
  ['\u202egnp.exe.png', '_gnp.exe.png'],
  ['a\u0000b\nc.png', 'a_b_c.png'],
  ['._conv1.png', '_conv1.png'],
  ['../../x.png', '_.._x.png'],
])('%j is called %s', (text, expected) => {
  expect(fileName(text)).toBe(expected);
});

test('of a very long name step and kind still tell one file from another', () => {
  const long = 'x'.repeat(500);
  const [first, second] = [10, 20].map((step) =>
    fileName(paneFileName(pane(long, long, step), 'maps', 'png')),
  );
  expect(first).toMatch(/_probe1_step10_maps\.png$/);
  expect(first).not.toBe(second);
});

test.each(['x'.repeat(500), '日'.repeat(500), '😀'.repeat(500), '特徴/'.repeat(200)])(
  'a name of any length and script fits a file system: %.8s…',
  (run) => {
    const name = fileName(paneFileName(pane(run, run), 'maps', 'png'));
    expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
    expect(() => encodeURIComponent(name)).not.toThrow(); // as half a letter would
    expect(name).toMatch(/_maps\.png$/);
  },
);
