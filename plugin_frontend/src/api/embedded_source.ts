import type { PictureKey } from '../model/capture';
import { DamagedError, RefusedError } from '../model/failures';
import { readBody } from './body';
import { pictureQuery, RouteSource, type Query } from './route_source';

/** The id of the list of answers; `-` and a number follow in those of their bodies. */
const ID = 'featuremaps-answers';

/** What a report's page holds, by docs/report.md. */
export interface Answers {
  /** When they were taken out of the logs, in ISO 8601. */
  readonly made: string;
  /** In the order of their bodies. */
  readonly answers: readonly {
    readonly route: string;
    readonly query: Readonly<Record<string, string>>;
    readonly deflated?: boolean;
    /** Why there is no body. */
    readonly error?: string;
  }[];
}

/** The answers that a page holds; null where it is cut short. */
export function answersOf(page: Document): Answers | null {
  try {
    return JSON.parse(page.getElementById(ID)?.textContent ?? '') as Answers;
  } catch {
    return null; // The list comes last.
  }
}

/** The base64 of an answer's body. */
export function bodyOf(page: Document, place: number): string {
  return page.getElementById(`${ID}-${place}`)?.textContent ?? '';
}

/** Reads the answers that a report's page holds, each taken out of it when it is asked for. */
export class EmbeddedSource extends RouteSource {
  readonly made: Date;
  private readonly places: ReadonlyMap<string, number>;

  /** @param bodyAt gives the base64 of the body of an answer by its place in the list. */
  constructor(
    private readonly list: Answers,
    private readonly bodyAt: (place: number) => string,
  ) {
    super();
    this.made = new Date(list.made);
    const names = list.answers.map(({ route, query }) => nameOf(route, query));
    this.places = new Map(names.map((name, place) => [name, place]));
  }

  /** Pictures are not deflated again: they are in the page as an address has them. */
  pictureAddress(key: PictureKey): string {
    const place = this.places.get(nameOf('image', pictureQuery(key)));
    return `data:image/png;base64,${place === undefined ? '' : this.bodyAt(place)}`;
  }

  protected async bytes(route: string, query: Query, signal: AbortSignal): Promise<ArrayBuffer> {
    signal.throwIfAborted();
    const place = this.places.get(nameOf(route, query));
    const answer = place === undefined ? undefined : this.list.answers[place];
    if (place === undefined || !answer) throw new RefusedError('The report does not hold this.');
    if (answer.error !== undefined) throw new RefusedError(answer.error);
    try {
      const body = decoded(this.bodyAt(place));
      return answer.deflated ? await inflated(body) : body.buffer;
    } catch (error) {
      if (error instanceof DamagedError) throw error;
      throw new DamagedError('The report is damaged: what is asked for can not be unpacked.');
    }
  }
}

/** A report holds all that there is of one moment, so that `since` and `at` say nothing. */
function nameOf(route: string, query: Query): string {
  const said = Object.entries(query).filter(
    ([name, value]) => value !== null && !OF_TIME.has(name),
  );
  return JSON.stringify([route, said.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

const OF_TIME = new Set(['since', 'at']);

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return readBody(new Response(stream));
}
