import { memoised } from './memo';

/** Names of runs without the folders that all of them begin or end with, each still told apart. */
export const shortNames = memoised((names: readonly string[]): ReadonlyMap<string, string> => {
  const paths = names.map((name) => name.split('/'));
  const shortest = Math.min(...paths.map(({ length }) => length));
  const shared = (partOf: (path: readonly string[], index: number) => string | undefined) => {
    let count = 0;
    const [first = []] = paths;
    const isShared = (index: number) =>
      paths.every((path) => partOf(path, index) === partOf(first, index));
    while (count < shortest - 1 && isShared(count)) count++;
    return count;
  };
  const start = shared((path, index) => path[index]);
  const end = Math.min(
    shortest - 1 - start,
    shared((path, index) => path.at(-1 - index)),
  );
  return new Map(
    paths.map((path, index) => [
      names[index]!,
      names.length > 1 ? path.slice(start, path.length - end).join('/') : names[index]!,
    ]),
  );
});
