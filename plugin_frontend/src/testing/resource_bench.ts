import { Resource } from '../data/resource';
import { valueOf } from '../model/loadable';
import { Deferred, settle } from './deferred';

interface Ask {
  readonly name: string;
  readonly stamp?: string;
}

/** A resource of texts whose answers a test gives by hand; a letter is a byte. */
export class ResourceBench {
  readonly requests: { name: string; known: string | undefined; answer: Deferred<string> }[] = [];
  readonly signals: AbortSignal[] = [];
  readonly outcomes: (Error | null)[] = [];
  changes = 0;
  readonly resource: Resource<Ask, string>;

  constructor(limit = 1000, concurrency = 2) {
    this.resource = new Resource<Ask, string>({
      nameOf: ({ name }) => name,
      stampOf: ({ stamp = '' }) => stamp,
      load: ({ name }, known, signal) => {
        const answer = new Deferred<string>();
        this.requests.push({ name, known, answer });
        this.signals.push(signal);
        return answer.promise;
      },
      bytesOf: (value) => value.length,
      limit,
      concurrency,
      changed: () => this.changes++,
      settled: (error) => this.outcomes.push(error),
    });
  }

  want(...names: string[]): void {
    this.resource.want(names.map((name) => ({ name })));
  }

  wantStamped(...asks: [name: string, stamp: string][]): void {
    this.resource.want(asks.map(([name, stamp]) => ({ name, stamp })));
  }

  value(name: string): string | undefined {
    return valueOf(this.resource.peek({ name }));
  }

  async answer(index: number, value: string): Promise<void> {
    this.requests[index]!.answer.resolve(value);
    await settle();
  }

  async fail(index: number, error: Error): Promise<void> {
    this.requests[index]!.answer.reject(error);
    await settle();
  }

  get asked(): string[] {
    return this.requests.map(({ name }) => name);
  }
}
