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
