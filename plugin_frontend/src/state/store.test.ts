import { expect, test } from 'vitest';
import { settle } from '../testing/deferred';
import { Store } from './store';

test('listeners are told once after all changes of a turn, and never of none', async () => {
  const store = new Store({ a: 1, b: 2 });
  let told = 0;
  const end = store.subscribe(() => told++);
  store.patch({ a: 1 });
  store.set(store.value);
  await settle();
  expect(told).toBe(0);
  store.patch({ a: 2 });
  store.patch({ b: 3 });
  await settle();
  expect([told, store.value]).toEqual([1, { a: 2, b: 3 }]);
  end();
  store.patch({ a: 5 });
  await settle();
  expect(told).toBe(1);
});

test('an unchanged field keeps the very same object', () => {
  const list = [1];
  const store = new Store({ a: 1, list });
  const before = store.value;
  store.patch({ list });
  expect(store.value).toBe(before);
  store.patch({ a: 2 });
  expect(store.value).not.toBe(before);
  expect(before).toEqual({ a: 1, list });
  expect(store.value.list).toBe(list);
});

test('NaN is no change of NaN', async () => {
  const store = new Store(NaN);
  let told = 0;
  store.subscribe(() => told++);
  store.set(NaN);
  await settle();
  expect(told).toBe(0);
});

test('a change that a listener makes is told too', async () => {
  const store = new Store(0);
  const seen: number[] = [];
  store.subscribe(() => {
    seen.push(store.value);
    if (store.value < 3) store.set(store.value + 1);
  });
  store.set(1);
  await settle();
  expect(seen).toEqual([1, 2, 3]);
});

test('listeners see the value as it is, however late they are told', async () => {
  const store = new Store('a');
  const seen: string[] = [];
  store.subscribe(() => seen.push(store.value));
  store.set('b');
  store.set('c');
  expect(store.value).toBe('c');
  await settle();
  expect(seen).toEqual(['c']);
});
