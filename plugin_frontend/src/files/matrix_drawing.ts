import { formatStep } from '../derive/format';
import type { Drawing, Item, PictureSource } from './figure';

/** Rows over steps: each column of the picture is a step, or as many of them as the others. */
export interface Matrix {
  readonly picture: PictureSource;
  /** Names of the rows, from the top; none for very many. */
  readonly rows: readonly string[];
  readonly steps: readonly number[];
  /** How high the picture is drawn. */
  readonly height: number;
  /** What its colours mean. */
  readonly keys: readonly { readonly color: string; readonly label: string }[];
}

const [NARROWEST, WIDEST] = [320, 640];
const LINE = 18;
const GAP = 6;
/** Room for the label of a step. */
const LABEL = 72;
const AXIS = '#5f6368';

/** @param widthOf how wide a text is. */
export function matrixDrawing(matrix: Matrix, widthOf: (text: string) => number): Drawing {
  const { picture, rows, steps, height, keys } = matrix;
  const left = rows.length ? Math.max(...rows.map(widthOf)) + GAP : 0;
  const width = Math.max(NARROWEST, Math.min(WIDEST, 8 * steps.length));
  const row = height / Math.max(1, rows.length);
  const items: Item[] = [
    ...rows.map((text, index): Item => ({
      ...{ kind: 'text', text, x: left - GAP, y: (index + 0.5) * row, anchor: 'end' },
    })),
    { kind: 'picture', picture, x: left, y: 0, width, height },
    ...stepAxis(steps, left, width, height),
    ...legend(keys, left, height + 2 * LINE),
  ];
  const widest = Math.max(0, ...keys.map(({ label }) => widthOf(label) + LINE));
  return {
    width: left + Math.max(width, widest) + GAP,
    height: height + (2 + keys.length) * LINE,
    items,
  };
}

function stepAxis(steps: readonly number[], left: number, width: number, top: number): Item[] {
  const most = Math.max(1, Math.min(steps.length, Math.floor(width / LABEL)));
  const places = Array.from({ length: most }, (_, label) =>
    most === 1 ? 0 : Math.round((label * (steps.length - 1)) / (most - 1)),
  );
  const labels = places.flatMap((place): Item[] => {
    const x = left + ((place + 0.5) / steps.length) * width;
    const text = formatStep(steps[place] ?? 0);
    return [
      {
        ...{ kind: 'line', color: AXIS, width: 1 },
        points: [
          [x, top],
          [x, top + 4],
        ],
      },
      { kind: 'text', text, x, y: top + 12, anchor: 'middle' },
    ];
  });
  const name = { kind: 'text', text: 'step', anchor: 'middle' } as const;
  return [...labels, { ...name, x: left + width / 2, y: top + 27 }];
}

function legend(keys: Matrix['keys'], left: number, top: number): Item[] {
  return keys.flatMap(({ color, label }, index): Item[] => {
    const y = top + (index + 0.5) * LINE;
    return [
      { kind: 'rect', x: left, y: y - 6, width: 12, height: 12, color },
      { kind: 'text', text: label, x: left + LINE, y, anchor: 'start' },
    ];
  });
}
