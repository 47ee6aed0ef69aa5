import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Player } from './player';
import { Store } from './store';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it plays until there is no next capture, and stops when told', () => {
  const playing = new Store(false);
  let left = 3;
  const rewind = vi.fn();
  const player = new Player(playing, rewind, () => left-- > 0);
  player.toggle();
  expect([playing.value, rewind.mock.calls.length]).toEqual([true, 1]);
  vi.advanceTimersByTime(10_000);
  expect([playing.value, left]).toEqual([false, -1]);
  left = 100;
  player.toggle();
  vi.advanceTimersByTime(600);
  player.toggle();
  vi.advanceTimersByTime(10_000);
  expect([playing.value, left]).toEqual([false, 98]);
});

test('a second start does not play twice as fast', () => {
  const playing = new Store(false);
  let frames = 0;
  const player = new Player(playing, vi.fn(), () => ++frames > 0);
  player.toggle();
  player.toggle();
  player.toggle();
  vi.advanceTimersByTime(1000);
  expect(frames).toBe(4);
  player.stop();
  player.stop();
  vi.advanceTimersByTime(1000);
  expect([frames, playing.value]).toEqual([4, false]);
});

test('where there is nothing to play it stops at once', () => {
  const playing = new Store(false);
  new Player(playing, vi.fn(), () => false).toggle();
  expect(playing.value).toBe(true);
  vi.advanceTimersByTime(250);
  expect(playing.value).toBe(false);
});
