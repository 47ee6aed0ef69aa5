import { expect, test } from 'vitest';
import { DamagedError, RefusedError } from '../model/failures';
import { EmbeddedSource, type Answers } from './embedded_source';

const { signal } = new AbortController();
const made = '2026-03-01T12:00:00Z';

function sourceOf(answers: Answers['answers'], ...bodies: string[]): EmbeddedSource {
  return new EmbeddedSource({ made, answers }, (place) => bodies[place] ?? '');
}

async function packed(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream();
  const bytes = await new Response(
    stream.pipeThrough(new CompressionStream('deflate')),
  ).arrayBuffer();
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

test('an answer is found by its arguments in any order, whatever was known before', async () => {
  const query = { tag: 'featuremaps/b', run: 'a </script> "日' };
  const answer = { version: '1', reset: true, kept: null, all_kept: true, captures: [] };
  const source = sourceOf([{ route: 'captures', query, deflated: true }], await packed(answer));
  expect(source.made.toISOString()).toBe('2026-03-01T12:00:00.000Z');
  const first = await source.captures(query.run, query.tag, null, signal);
  expect(first).toEqual(await source.captures(query.run, query.tag, 'before', signal));
  expect(first.items).toEqual([]);
});

test('what it does not hold, and what the server refused, is refused', async () => {
  const query = { run: 'a' };
  const source = sourceOf([{ route: 'loss_terms', query, error: 'it is damaged.' }]);
  await expect(source.losses('a', null, signal)).rejects.toThrow(
    new RefusedError('it is damaged.'),
  );
  await expect(source.losses('b', null, signal)).rejects.toThrow('does not hold');
});

test('a body that is damaged says so', async () => {
  const routes = ['runs', '../../runs'].map((route) => ({ route, query: {}, deflated: true }));
  const source = sourceOf(routes, (await packed({})).slice(0, 8), '*');
  await expect(source.listing(null, signal)).rejects.toThrow(DamagedError);
  await expect(source.runNames(signal)).rejects.toThrow(DamagedError);
});

test('a picture is its own address', async () => {
  const key = { blob: '0-1-2~0x1p+30', wallTime: 5 };
  const png = btoa('PNG');
  const source = sourceOf([{ route: 'image', query: { blob_key: key.blob } }], png);
  expect(source.pictureAddress(key)).toBe(`data:image/png;base64,${png}`);
  expect(await (await source.pictureFile(key, signal)).text()).toBe('PNG');
});
