import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RefusedError, UnreachableError } from '../model/failures';
import { Store } from '../state/store';
import { Live, type Connection } from './live';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function bench() {
  const connection = new Store<Connection>({ state: 'paused', message: null });
  const refresh = vi.fn();
  const recovered = vi.fn();
  return { connection, refresh, recovered, live: new Live(connection, refresh, recovered) };
}

test('it asks every few seconds while it is seen, and not while it is hidden', () => {
  const { live, refresh, connection } = bench();
  live.show(true);
  live.settled(null);
  expect(connection.value.state).toBe('live');
  vi.advanceTimersByTime(15_000);
  expect(refresh).toHaveBeenCalledTimes(4);
  live.show(false);
  expect(connection.value.state).toBe('paused');
  vi.advanceTimersByTime(60_000);
  expect(refresh).toHaveBeenCalledTimes(4);
  live.show(true);
  expect(refresh).toHaveBeenCalledTimes(5);
});

test('it asks a server that is gone less and less often, and says when it is back', () => {
  const { live, refresh, recovered, connection } = bench();
  refresh.mockImplementation(() => live.settled(new UnreachableError('gone')));
  live.show(true);
  expect(connection.value).toEqual({ state: 'lost', message: 'gone' });
  vi.advanceTimersByTime(10 * 60_000);
  expect(refresh.mock.calls.length).toBeLessThan(16);
  refresh.mockImplementation(() => live.settled(null));
  vi.advanceTimersByTime(61_000);
  expect(connection.value).toEqual({ state: 'live', message: null });
  expect(recovered).toHaveBeenCalledTimes(1);
  const calls = refresh.mock.calls.length;
  vi.advanceTimersByTime(70_000);
  expect(refresh.mock.calls.length).toBeGreaterThan(calls + 5);
});

test('a server that refuses is there', () => {
  const { live, connection } = bench();
  live.show(true);
  live.settled(new RefusedError('no such run'));
  expect(connection.value.state).toBe('live');
});

test('an answer that comes while the page is hidden says nothing new', () => {
  const { live, connection, refresh } = bench();
  live.show(true);
  live.settled(null);
  live.show(false);
  live.settled(null);
  expect(connection.value).toEqual({ state: 'paused', message: null });
  live.show(false);
  vi.advanceTimersByTime(60_000);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('a server that was lost stays so while the page is hidden, and is asked when it is back', () => {
  const { live, connection, refresh, recovered } = bench();
  live.show(true);
  live.settled(new UnreachableError('gone'));
  live.show(false);
  expect(connection.value.state).toBe('lost');
  live.show(true);
  expect(refresh).toHaveBeenCalledTimes(2);
  live.settled(null);
  expect(connection.value.state).toBe('live');
  expect(recovered).toHaveBeenCalledTimes(1);
  live.settled(null);
  expect(recovered).toHaveBeenCalledTimes(1);
});

test('a question out of turn does not add a second beat', () => {
  const { live, refresh } = bench();
  live.show(true);
  live.show(true);
  for (let i = 0; i < 5; i++) live.ask();
  const calls = refresh.mock.calls.length;
  live.settled(null);
  vi.advanceTimersByTime(20_000);
  expect(refresh.mock.calls.length).toBe(calls + 4);
});

test('a question while the page is hidden is one question', () => {
  const { live, refresh } = bench();
  live.ask();
  vi.advanceTimersByTime(60_000);
  expect(refresh).toHaveBeenCalledTimes(1);
});
