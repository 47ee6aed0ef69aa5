import type {
  GradientsAnswer,
  ListingAnswer,
  LossesAnswer,
  PredictionsAnswer,
  SeriesAnswer,
  Source,
} from '../api/source';
import type { Capture, PictureKey } from '../model/capture';
import { DamagedError, RefusedError } from '../model/failures';
import type { AttributionsAt, ChannelGradientsAt } from '../model/gradient';
import type { Picture, ProbePixels } from '../model/picture';
import type { FullOutput } from '../model/prediction';
import type { Layer, Run } from '../model/run';
import type { StatisticsAt } from '../model/statistics';

/** A run with its captures, told by the steps; each picture's one level is its blob's last digit. */
export interface MemoryRun {
  readonly run: Run;
  readonly steps: readonly number[];
  /** Grows when the run is written anew. */
  readonly generation?: number;
  /** Whether no capture was dropped; true unless it is said. */
  readonly allKept?: boolean;
}

const NEVER = { reset: true, kept: null, allKept: true, messages: [] };

/** Data that a test holds in its hands, behind the interface that the server is behind. */
export class MemorySource implements Source {
  readonly made: Date | null = null;
  /** Blob keys of pictures that never come, and of those that are damaged. */
  readonly late = new Set<string>();
  readonly damaged = new Set<string>();
  readonly probePixels = new Map<string, ProbePixels>();
  /** What the heads of a run predict, by the run's name. */
  readonly predicted = new Map<string, PredictionsAnswer>();
  readonly asked: string[] = [];

  constructor(public runs: MemoryRun[]) {}

  listing(): Promise<ListingAnswer> {
    this.asked.push('listing');
    const runs = this.runs.map(({ run }) => run);
    return Promise.resolve({ ...NEVER, version: String(this.asked.length), runs });
  }

  captures(run: string, tag: string): Promise<SeriesAnswer<Capture>> {
    this.asked.push(`captures ${run} ${tag}`);
    const { steps, generation = 0, allKept = true } = this.find(run);
    const wallTime = (step: number) => step + 1e6 * generation;
    const items = steps.map((step) => ({
      step,
      wallTime: wallTime(step),
      pictures: [0, 1].map((probe) => ({
        blob: `${run}/${tag}/${step}/${probe}`,
        wallTime: wallTime(step),
      })),
    }));
    return Promise.resolve({ ...NEVER, version: `${items.length}/${generation}`, items, allKept });
  }

  statistics(run: string, tag: string): Promise<SeriesAnswer<StatisticsAt>> {
    this.asked.push(`statistics ${run} ${tag}`);
    const items = this.find(run).steps.map((step) => {
      const channels = [0, 1, step, 1, 0, 0, ...[0, 0, 0, 0, 1, 0]]; // the second is all zero
      const values = Float32Array.from([...channels, ...channels]);
      return { step, wallTime: step, probes: 2, channels: 2, values };
    });
    return Promise.resolve({ ...NEVER, version: String(items.length), items });
  }

  runNames(): Promise<readonly string[]> {
    return Promise.resolve(this.runs.map(({ run }) => run.name));
  }

  predictions(run: string): Promise<PredictionsAnswer> {
    this.asked.push(`predictions ${run}`);
    const answer = this.predicted.get(run);
    return answer
      ? Promise.resolve(answer)
      : Promise.reject(new RefusedError(`${run} has no heads`));
  }

  output(): Promise<FullOutput> {
    return Promise.reject(new RefusedError('no heads'));
  }

  losses(run: string): Promise<LossesAnswer> {
    this.asked.push(`losses ${run}`);
    const points = [1, 20, 30].map((step) => ({ step, wallTime: step, value: 1 / step }));
    const growth = { reset: true, kept: null, items: points };
    const term = { tag: 'loss/total', kind: 'total' as const, output: null, role: null };
    return Promise.resolve({
      ...NEVER,
      version: '1',
      terms: [{ ...term, allKept: true, growth }],
    });
  }

  gradients(run: string): Promise<GradientsAnswer> {
    return Promise.reject(new RefusedError(`${run} has no gradients`));
  }

  channelGradients(run: string): Promise<SeriesAnswer<ChannelGradientsAt>> {
    return Promise.reject(new RefusedError(`${run} has no gradients at channels`));
  }

  attributions(run: string): Promise<SeriesAnswer<AttributionsAt>> {
    return Promise.reject(new RefusedError(`${run} has no attributions`));
  }

  picture({ blob, wallTime }: PictureKey, signal: AbortSignal): Promise<Picture> {
    this.asked.push(`picture ${blob}`);
    if (this.damaged.has(blob)) return Promise.reject(new DamagedError(`${blob} is damaged`));
    if (this.late.has(blob)) {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cancelled')));
      });
    }
    const lo = Float32Array.from([wallTime, 0]);
    const hi = Float32Array.from([wallTime + 1, 5]);
    const scale = { channels: 2, tileHeight: 1, tileWidth: 1, columns: 2, lo, hi };
    return Promise.resolve({ width: 2, height: 1, levels: Uint8Array.from([0, 255]), scale });
  }

  probe({ blob }: PictureKey): Promise<ProbePixels> {
    const pixels = this.probePixels.get(blob);
    return pixels ? Promise.resolve(pixels) : Promise.reject(new RefusedError(`no ${blob}`));
  }

  pictureFile(): Promise<Blob> {
    return Promise.resolve(new Blob());
  }

  pictureAddress({ blob }: PictureKey): string {
    return `memory:${blob}`;
  }

  private find(name: string): MemoryRun {
    const found = this.runs.find(({ run }) => run.name === name);
    if (!found) throw new RefusedError(`There is no run ${name}.`);
    return found;
  }
}

export function memoryLayer(name: string, version = 0): Layer {
  return {
    tag: `featuremaps/${name}`,
    statsTag: `featuremaps/${name}/stats`,
    gradientsTag: null,
    attributionsTag: null,
    name,
    className: 'Conv2D',
    shape: [1, 1, 2],
    dataFormat: 'channels_last',
    channels: 2,
    lastStep: version,
    lastWallTime: version,
  };
}

export function memoryRun(name: string, layers: readonly string[], more: Partial<Run> = {}): Run {
  return {
    name,
    version: '1',
    layers: layers.map((layer) => memoryLayer(layer)),
    heads: [],
    probes: { tag: 'featuremaps/probes', count: 2, labels: ['cat', 'cat'], lastWallTime: 0 },
    hasLosses: true,
    hasGradients: false,
    validationRun: null,
    gaps: [],
    ...more,
  };
}
