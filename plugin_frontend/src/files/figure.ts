/** A picture with its caption, ready to be laid out: what a paper needs of what is seen. */
export interface Figure {
  /** Beside each other, from left to right. */
  readonly panels: readonly Panel[];
  readonly captions: readonly string[];
  /** What the colours stand for; null where they are not of values. */
  readonly bar: ColorBar | null;
  /** At least so wide, so that the frames of a film are of one size. */
  readonly minWidth?: number;
}

export interface Panel {
  /** Names it where there are several; empty for none. */
  readonly title: string;
  readonly picture: CanvasImageSource & { readonly width: number; readonly height: number };
}

export interface ColorBar {
  /** 256 colours as the pixels of an ImageData. */
  readonly colors: Uint32Array;
  readonly low: string;
  readonly high: string;
}

/** Something to draw, in units of which a pixel of the picture is one. */
export type Item =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly x: number;
      /** The text's middle. */
      readonly y: number;
      readonly anchor: 'start' | 'end';
    }
  | {
      readonly kind: 'picture';
      readonly picture: Panel['picture'];
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly items: readonly Item[];
}

export const FONT_SIZE = 12;
export const FONT = 'Roboto, Helvetica, Arial, sans-serif';
const MARGIN = 8;
const GAP = 16;
const LINE = 18;
const BAR_HEIGHT = 10;
const SHORTEST_BAR = 120;
const LONGEST_BAR = 256;

/** @param widthOf how wide a text is. */
export function layoutFigure(
  { panels, captions, bar, minWidth = 0 }: Figure,
  widthOf: (text: string) => number,
): Layout {
  const items: Item[] = [];
  const titles = panels.some(({ title }) => title) ? LINE : 0;
  let x = MARGIN;
  let bottom = 0;
  for (const { picture, title } of panels) {
    const { width, height } = picture;
    if (title) items.push({ kind: 'text', text: title, x, y: MARGIN + LINE / 2, anchor: 'start' });
    items.push({ kind: 'picture', picture, x, y: MARGIN + titles, width, height });
    x += Math.max(width, title ? widthOf(title) : 0) + GAP;
    bottom = Math.max(bottom, MARGIN + titles + height);
  }
  const barWidth = bar ? barItems(items, bar, bottom + GAP / 2, x - GAP - MARGIN, widthOf) : 0;
  if (bar) bottom += GAP / 2 + LINE;
  captions.forEach((text, index) => {
    items.push({ kind: 'text', text, x: MARGIN, y: bottom + (index + 1) * LINE, anchor: 'start' });
  });
  const widest = Math.max(minWidth, x - GAP - MARGIN, barWidth, ...captions.map(widthOf));
  return {
    width: Math.ceil(widest) + 2 * MARGIN,
    height: bottom + captions.length * LINE + LINE / 2 + MARGIN,
    items,
  };
}

/** Adds the bar of colours with the values at its ends; returns its width with them. */
function barItems(
  items: Item[],
  bar: ColorBar,
  top: number,
  room: number,
  widthOf: (text: string) => number,
): number {
  const [low, high] = [widthOf(bar.low), widthOf(bar.high)];
  const width = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, room - low - high - GAP));
  const y = top + LINE / 2;
  const x = MARGIN + low + GAP / 2;
  items.push({ kind: 'text', text: bar.low, x: MARGIN, y, anchor: 'start' });
  const picture = barPicture(bar.colors);
  items.push({ kind: 'picture', picture, x, y: y - BAR_HEIGHT / 2, width, height: BAR_HEIGHT });
  items.push({ kind: 'text', text: bar.high, x: x + width + GAP / 2, y, anchor: 'start' });
  return low + width + high + GAP;
}

function barPicture(colors: Uint32Array): OffscreenCanvas {
  const canvas = new OffscreenCanvas(colors.length, 1);
  const pixels = new ImageData(colors.length, 1);
  new Uint32Array(pixels.data.buffer).set(colors);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return canvas;
}
