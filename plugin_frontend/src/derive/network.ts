import { statisticsAsk } from '../data/asks';
import type { Library } from '../data/library';
import { valueOf } from '../model/loadable';
import type { Layer, Run } from '../model/run';
import { COLUMNS } from '../model/statistics';
import { columnStart } from '../render/network';
import { healthCurve, type HealthCurve, type Ill } from './health';
import { memoised, memoisedBy, memoisedList } from './memo';
import type { Pane } from './panes';
import { isSpatial } from './place';
import { nearestIndex } from './steps';

/** The statistics of layers that are not chosen are fetched up to this size. */
const MOST_STATISTICS_BYTES = 96 * 2 ** 20;

/** The health of one layer over the steps, or why it can't be shown. */
export interface NetworkRow {
  readonly layer: Layer;
  readonly curve: HealthCurve | null;
  readonly problem: string | null;
  /** Whether it is still to come. */
  readonly isLoading: boolean;
}

/** All layers of a run in the model's order, over all steps at which one of them was captured. */
export interface Network {
  readonly rows: readonly NetworkRow[];
  readonly steps: readonly number[];
}

const EMPTY: Network = { rows: [], steps: [] };

/** The layers whose statistics are fetched, the nearest to the chosen one first. */
export function layersInReach(pane: Pane): readonly Layer[] {
  const { run, layer } = pane;
  return nearLayers(run, layer, valueOf(pane.captures)?.items.length ?? 0);
}

const nearLayers = memoised((run: Run, chosen: Layer, captures: number): readonly Layer[] => {
  const own = run.layers.indexOf(chosen);
  const near = run.layers.map((layer, index) => ({ layer, distance: Math.abs(index - own) }));
  near.sort((a, b) => a.distance - b.distance);
  const probes = run.probes?.count ?? 1;
  let total = 0;
  return near.flatMap(({ layer }) => {
    total += layer === chosen ? 0 : captures * probes * layer.channels * COLUMNS.length * 4;
    return layer !== chosen && total > MOST_STATISTICS_BYTES ? [] : layer;
  });
});

/** The health of all layers for a pane's run and probe. */
export function networkOf(library: Library, pane: Pane | null): Network {
  if (!pane) return EMPTY;
  const inReach = new Set(layersInReach(pane));
  const rows = pane.run.layers.map((layer) => {
    const ask = statisticsAsk(pane.run, layer);
    if (!ask) return without(layer, 'no statistics were logged');
    const statistics = library.statistics.peek(ask);
    const items = valueOf(statistics)?.items;
    if (items?.length) return known(layer, healthCurve(items, pane.probe, isSpatial(layer)));
    if (items) return without(layer, 'nothing was captured');
    if (statistics.status === 'failed') return without(layer, statistics.message);
    if (inReach.has(layer)) return loading(layer);
    return without(layer, 'too much to fetch at once: choose the layer to see it');
  });
  return make(sameRows(rows));
}

const known = memoisedBy((layer: Layer, curve: HealthCurve): NetworkRow => ({
  ...{ layer, curve, problem: null, isLoading: false },
}));
const without = memoisedBy((layer: Layer, problem: string): NetworkRow => ({
  ...{ layer, curve: null, problem, isLoading: false },
}));
const loading = memoisedBy((layer: Layer): NetworkRow => ({
  ...{ layer, curve: null, problem: 'Loading …', isLoading: true },
}));
const sameRows = memoisedList<NetworkRow>();
const make = memoised((rows: readonly NetworkRow[]): Network => {
  const steps = new Set(rows.flatMap(({ curve }) => curve?.steps ?? []));
  return { rows, steps: [...steps].sort((a, b) => a - b) };
}, 1);

/** The gravest first. */
const BY_GRAVITY: readonly Ill[] = ['notFinite', 'dead', 'inactive', 'constant'];

/** Whether channels of any layer are so at any step. */
export const hasIll = memoisedBy((network: Network, ill: Ill): boolean =>
  network.rows.some(({ curve }) => curve?.counts[ill].some((count) => count > 0)),
);

/** The ill that is shown: the chosen one, else the gravest that there is. */
export function shownIll(network: Network, chosen: Ill | null): Ill {
  return chosen ?? BY_GRAVITY.find((ill) => hasIll(network, ill)) ?? 'dead';
}

/** What one column of the picture shows of a layer. */
export interface NetworkCell {
  /** Place of the capture within the layer's own steps. */
  readonly index: number;
  /** Of the channels, from 0 to 1. */
  readonly share: number;
}

/**
 * The worst of the steps from `from` up to, not with, `to`: of each the capture nearest to it,
 * since not every layer needs to be captured at every step.
 */
export function worstCell(
  curve: HealthCurve,
  steps: readonly number[],
  from: number,
  to: number,
  ill: Ill,
): NetworkCell {
  let worst: NetworkCell = { index: -1, share: -1 };
  for (let at = from; at < to; at++) {
    const index = nearestIndex(curve.steps, steps[at]!);
    const share = shareAt(curve, index, ill);
    if (share > worst.share) worst = { index, share };
  }
  return worst;
}

/** The worst step of a row and a column of the picture; null where nothing is known. */
export function networkCell(
  { rows, steps }: Network,
  columns: number,
  ill: Ill,
  row: number,
  column: number,
): NetworkCell | null {
  const curve = rows[row]?.curve;
  if (!curve) return null;
  const [from, to] = [column, column + 1].map((at) => columnStart(at, columns, steps.length));
  return worstCell(curve, steps, from!, to!, ill);
}

/** Which share of a layer's channels is so at one of its steps. */
export function shareAt({ counts, channels }: HealthCurve, index: number, ill: Ill): number {
  return channels[index] ? counts[ill][index]! / channels[index] : 0;
}

/** A line through a layer's shares, in a box of 100 × 1 with 0 at the bottom. */
export const sharePath = memoisedBy((curve: HealthCurve, ill: Ill): string => {
  const last = Math.max(1, curve.steps.length - 1);
  const points = curve.steps.map((_, index) => {
    const [x, y] = [(100 * index) / last, 1 - shareAt(curve, index, ill)];
    return `${x.toFixed(2)},${y.toFixed(4)}`;
  });
  return points.length === 1 ? `M${points[0]!} H100` : `M${points.join(' L')}`;
});
