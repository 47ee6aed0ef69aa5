import { expect, test } from 'vitest';
import { memoryLayer } from '../testing/memory_source';
import { layerTree, matchingLayers, treeRows } from './layer_tree';

function lines(names: readonly string[], open = true): string[] {
  const rows = treeRows(layerTree(names.map((name) => memoryLayer(name))), () => open);
  return rows.map(({ node, depth }) => {
    const sign = node.kind === 'module' ? '+' : '';
    return `${'  '.repeat(depth)}${sign}${node.label}`;
  });
}

test('names that begin alike are a module, up to a separator', () => {
  expect(
    lines(['conv1', 'inception_4e_1x1', 'inception_4e_3x3', 'inception_5a_1x1', 'fc']),
  ).toEqual(['conv1', '+inception', '  +4e', '    1x1', '    3x3', '  5a_1x1', 'fc']);
  expect(lines(['a/b/c/x', 'a/b/c/y', 'a/b/z'])).toEqual(['+a/b', '  +c', '    x', '    y', '  z']);
});

test('a module that is closed shows only itself', () => {
  expect(lines(['block/a', 'block/b', 'top'], false)).toEqual(['+block', 'top']);
});

test('the order is the model’s: what stands apart is not put together', () => {
  expect(lines(['a_1', 'b_1', 'a_2'])).toEqual(['a_1', 'b_1', 'a_2']);
});

test('any name keeps all its letters', () => {
  const names = ['', '/', 'a//', '_x', 'n_', 'slashes/in/it', '特徴/マップ', 'x', 'x_y', 'x_z'];
  const rows = treeRows(layerTree(names.map((name) => memoryLayer(name))), () => true);
  const found = rows.flatMap(({ node }) => (node.kind === 'layer' ? node.layer.name : []));
  expect(found).toEqual(names);
});

test('a layer is found by parts of its name in any order and case', () => {
  const layers = ['inception_4e_3x3', 'inception_4e_5x5', 'inception_3a_3x3'].map((name) =>
    memoryLayer(name),
  );
  const found = (text: string) => matchingLayers(layers, text).map(({ name }) => name);
  expect(found('4E 3x3')).toEqual(['inception_4e_3x3']);
  expect(found('')).toHaveLength(3);
  expect(found('conv2d 5x5')).toEqual(['inception_4e_5x5']);
  expect(found('none')).toEqual([]);
});
