import type { Capture } from '../model/capture';
import { LOADING, type Loadable } from '../model/loadable';
import type { Item, Series } from '../model/series';
import type { Pane } from '../derive/panes';
import { memoryLayer, memoryRun } from './memory_source';

export function ready<Value>(value: Value): Loadable<Value> & { readonly status: 'ready' } {
  return { status: 'ready', value, problem: null };
}

/** A series of which all was kept. */
export function seriesOf<Entry extends Item>(...items: readonly Entry[]): Series<Entry> {
  return { version: String(items.length), items, allKept: true, messages: [] };
}

/** A capture with a picture for each of so many probes. */
export function captureAt(step: number, probes = 2): Capture {
  const pictures = Array.from({ length: probes }, (_, probe) => ({
    ...{ blob: `${step}/${probe}`, wallTime: step },
  }));
  return { step, wallTime: step, pictures };
}

/** A pane of the run “a” and the layer “conv1” at step 10, of which nothing has come yet. */
export function testPane(more: Partial<Pane> = {}): Pane {
  return {
    ...{ index: 0, cursor: 10, probe: 0, otherProbe: false },
    ...{ captures: LOADING, capture: captureAt(10), picture: LOADING },
    ...{ statistics: null, gradients: null },
    run: memoryRun('a', ['conv1']),
    layer: memoryLayer('conv1'),
    ...more,
  };
}
