import type { Layer } from '../model/run';
import { memoisedBy } from './memo';

/** A layer, or a module: neighbours whose names begin alike, up to a separator. */
export type LayerNode = LayerLeaf | ModuleNode;

export interface LayerLeaf {
  readonly kind: 'layer';
  readonly layer: Layer;
  /** The name without what its modules say already. */
  readonly label: string;
}

export interface ModuleNode {
  readonly kind: 'module';
  /** What all names in it begin with. */
  readonly path: string;
  readonly label: string;
  readonly nodes: readonly LayerNode[];
  readonly layers: readonly Layer[];
}

/** A line of the tree as it is shown. */
export interface TreeRow {
  readonly node: LayerNode;
  readonly depth: number;
  readonly open: boolean;
}

interface Named {
  readonly layer: Layer;
  /** The name in parts, each but the last with the separator that ends it. */
  readonly parts: readonly string[];
}

/** The layers in the model's order, those that stand together and begin alike in one module. */
export const layerTree = memoisedBy((layers: readonly Layer[]): readonly LayerNode[] =>
  nodesOf(
    layers.map((layer) => ({ layer, parts: partsOf(layer.name) })),
    0,
  ),
);

/** Those layers whose name or class has every word of a text in it, in any case. */
export const matchingLayers = memoisedBy(
  (layers: readonly Layer[], text: string): readonly Layer[] => {
    const words = text.toLowerCase().split(/\s+/);
    return layers.filter(({ name, className }) => {
      const own = `${name} ${className}`.toLowerCase();
      return words.every((word) => own.includes(word));
    });
  },
);

/** The lines of a tree, without what lies in modules that are closed. */
export function treeRows(
  nodes: readonly LayerNode[],
  isOpen: (module: ModuleNode) => boolean,
  depth = 0,
): readonly TreeRow[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'layer') return { node, depth, open: false };
    const open = isOpen(node);
    return [{ node, depth, open }, ...(open ? treeRows(node.nodes, isOpen, depth + 1) : [])];
  });
}

function partsOf(name: string): readonly string[] {
  return name.match(/[^/._]*[/._]+|[^/._]+$/g) ?? [name];
}

function nodesOf(named: readonly Named[], from: number): readonly LayerNode[] {
  return runsOf(named, from).map((together) => {
    const [first] = together;
    if (together.length === 1) {
      return { kind: 'layer', layer: first!.layer, label: first!.parts.slice(from).join('') };
    }
    const to = sharedParts(together, from);
    const parts = first!.parts;
    return {
      kind: 'module',
      path: parts.slice(0, to).join(''),
      label: parts
        .slice(from, to)
        .join('')
        .replace(/[/._]+$/, ''),
      nodes: nodesOf(together, to),
      layers: together.map(({ layer }) => layer),
    };
  });
}

/** Splits a list where the part at an index changes; what has no part after it stands alone. */
function runsOf(named: readonly Named[], at: number): readonly (readonly Named[])[] {
  const runs: Named[][] = [];
  for (const layer of named) {
    const run = runs.at(-1);
    const before = run?.[0];
    const alike = before && isModule(before, at) && isModule(layer, at);
    if (run && alike && before.parts[at] === layer.parts[at]) run.push(layer);
    else runs.push([layer]);
  }
  return runs;
}

function isModule({ parts }: Named, at: number): boolean {
  return at < parts.length - 1;
}

function sharedParts(together: readonly Named[], from: number): number {
  let to = from + 1;
  const [first] = together;
  while (together.every((layer) => isModule(layer, to) && layer.parts[to] === first!.parts[to]))
    to++;
  return to;
}
