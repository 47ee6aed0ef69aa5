import { css, html, nothing, svg } from 'lit';
import type { AppState } from '../app_state';
import { jumpsOf, JUMP_MEANING, type Jump } from '../derive/jumps';
import { leadingPoints } from '../derive/loss_curves';
import { placeOf as placeAmong, traceOf, type LossTrace } from '../derive/loss_trace';
import { lossPairOf } from '../derive/losses';
import { memoised, memoisedBy } from '../derive/memo';
import { placeOf } from '../derive/place';
import { valueOf } from '../model/loadable';
import { Connected } from './connected';
import { common } from './theme';

const [WIDTH, HEIGHT] = [1000, 100];
/** More captures than this have no ticks of their own. */
const MOST_TICKS = 200;
const NO_JUMPS: readonly Jump[] = [];

type Selected = [LossTrace | null, readonly number[] | null, readonly Jump[], number | null];

/** The loss along the slider, under the cursor: captures as ticks, jumps marked. */
export class LossTraceView extends Connected<Selected> {
  static override styles = [
    common,
    css`
      :host {
        min-width: 0;
        height: 24px;
        padding: 0 8px;
      }
      svg {
        display: block;
        width: 100%;
        height: 100%;
        overflow: visible;
      }
      path {
        fill: none;
        vector-effect: non-scaling-stroke;
      }
      .loss {
        stroke: var(--series-0);
        stroke-width: 1.25;
      }
      .ticks {
        stroke: var(--muted);
        opacity: 0.5;
      }
      .jumps {
        stroke: var(--bad);
        stroke-width: 2;
      }
      .cursor {
        stroke: var(--cursor);
        stroke-width: 2;
      }
    `,
  ];

  protected override select(app: AppState): Selected {
    const { listing, library, timeline } = app;
    const { run, layer } = app.selection.value;
    const chosen = listing && placeOf(listing, run, layer).run;
    const pair = chosen && valueOf(lossPairOf(library, chosen));
    if (!timeline) return [null, null, NO_JUMPS, null];
    const points = pair ? leadingPoints(pair) : [];
    const trace = pair ? traceOf(points, timeline.stops) : null;
    return [trace, timeline.stops, pair ? jumpsOf(leadingPoints(pair)) : NO_JUMPS, timeline.cursor];
  }

  protected override view(
    trace: LossTrace | null,
    stops: readonly number[] | null,
    jumps: readonly Jump[],
    cursor: number | null,
  ) {
    if (!stops) return nothing;
    const marked = jumpsPath(stops, jumps);
    return html`<svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="The loss over the steps"
      data-testid="loss-trace"
      data-jumps=${jumps.length}
    >
      ${svg`<path class="ticks" d=${ticksPath(stops)}></path>`}
      ${trace ? svg`<path class="loss" d=${lossPath(trace)}></path>` : nothing}
      ${marked ? svg`<path class="jumps" d=${marked}><title>${JUMP_MEANING}</title></path>` : nothing}
      ${
        cursor === null
          ? nothing
          : svg`<path class="cursor" d="M${WIDTH * placeAmong(stops, cursor)} 0V${HEIGHT}"></path>`
      }
    </svg>`;
  }
}
customElements.define('fm-loss-trace', LossTraceView);

const lossPath = memoisedBy(({ places, heights }: LossTrace): string => {
  let isDown = false;
  const parts = Array.from(places, (place, index) => {
    const height = heights[index]!;
    if (Number.isNaN(height)) {
      isDown = false;
      return '';
    }
    const command = isDown ? 'L' : 'M';
    isDown = true;
    return `${command}${(WIDTH * place).toFixed(1)} ${(4 + 0.88 * HEIGHT * (1 - height)).toFixed(1)}`;
  });
  return parts.join('');
});

const ticksPath = memoised((stops: readonly number[]): string =>
  stops.length > MOST_TICKS
    ? ''
    : stops
        .map((_, index) => `M${(WIDTH * index) / Math.max(1, stops.length - 1)} ${HEIGHT - 20}v20`)
        .join(''),
);

const jumpsPath = memoised((stops: readonly number[], jumps: readonly Jump[]): string =>
  jumps
    .filter(({ step }) => step >= stops[0]! && step <= stops.at(-1)!)
    .map(({ step }) => `M${(WIDTH * placeAmong(stops, step)).toFixed(1)} 0v28`)
    .join(''),
);
