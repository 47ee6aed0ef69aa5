import { expect, test } from 'vitest';
import { placeOf, traceOf } from './loss_trace';

const stops = [0, 10, 100];

test.each([
  [-5, 0],
  [0, 0],
  [5, 0.25],
  [10, 0.5],
  [55, 0.75],
  [100, 1],
  [999, 1],
])('step %d lies at %d', (step, place) => {
  expect(placeOf(stops, step)).toBe(place);
});

test('a trace spans the loss between the first and the last stop', () => {
  const points = [
    [0, 4],
    [10, null],
    [55, 2],
    [100, 3],
    [101, 99],
  ].map(([step, value]) => ({ step: step!, wallTime: 0, value: value! }));
  const trace = traceOf(points, stops)!;
  expect([...trace.places]).toEqual([0, 0.5, 0.75, 1]);
  expect([...trace.heights]).toEqual([1, NaN, 0, 0.5]);
});

test('there is none for less than two points or stops', () => {
  expect(traceOf([], stops)).toBeNull();
  expect(traceOf([{ step: 0, wallTime: 0, value: 1 }], stops)).toBeNull();
  expect(traceOf([], [5])).toBeNull();
});
