/** A picture with its caption, ready to be laid out: what a paper needs of what is seen. */
export interface Figure {
  /** Beside each other, from left to right. */
  readonly panels: readonly Panel[];
  readonly captions: readonly string[];
  /** What the colours stand for; null where they are not of values. */
  readonly bar: ColorBar | null;
  /** How many panels stand beside each other; all of them without it. */
  readonly columns?: number;
  /** At least so wide, so that the frames of a film are of one size. */
  readonly minWidth?: number;
}

export interface Panel {
  /** Names it where there are several; empty for none. */
  readonly title: string;
  readonly drawing: Drawing;
}

/** Something drawn in a box of its own, from its upper left corner. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly items: readonly Item[];
}

export interface ColorBar {
  /** 256 colours as the pixels of an ImageData. */
  readonly colors: Uint32Array;
  readonly low: string;
  readonly high: string;
}

export type PictureSource = CanvasImageSource & { readonly width: number; readonly height: number };

/** Something to draw, in units of which a pixel of a map is a whole number. */
export type Item =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly x: number;
      /** The text's middle. */
      readonly y: number;
      readonly anchor: 'start' | 'middle' | 'end';
    }
  | {
      readonly kind: 'picture';
      readonly picture: PictureSource;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** From 0, not seen, to 1, which it is without it. */
      readonly opacity?: number;
    }
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly color: string;
    }
  | {
      readonly kind: 'area';
      /** Its outline, which closes by itself. */
      readonly points: readonly Point[];
      readonly color: string;
    }
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      readonly color: string;
      readonly width: number;
      /** Strokes and gaps; unbroken without it. */
      readonly dash?: readonly number[] | undefined;
    };

export type Point = readonly [x: number, y: number];

export type Layout = Drawing;

export const FONT_SIZE = 12;
export const FONT = 'Roboto, Helvetica, Arial, sans-serif';
/** The colour of text. */
export const INK = '#202124';
const MARGIN = 8;
const GAP = 16;
const LINE = 18;
const BAR_HEIGHT = 10;
const SHORTEST_BAR = 120;
const LONGEST_BAR = 256;

/** @param widthOf how wide a text is. */
export function layoutFigure(
  { panels, captions, bar, columns = panels.length, minWidth = 0 }: Figure,
  widthOf: (text: string) => number,
): Layout {
  const items: Item[] = [];
  const room = placePanels(items, panels, Math.max(1, columns), widthOf);
  let { bottom } = room;
  const barWidth = bar ? barItems(items, bar, bottom + GAP / 2, room.width, widthOf) : 0;
  if (bar) bottom += GAP / 2 + LINE;
  captions.forEach((text, index) => {
    items.push({ kind: 'text', text, x: MARGIN, y: bottom + (index + 1) * LINE, anchor: 'start' });
  });
  const widest = Math.max(minWidth, room.width, barWidth, ...captions.map(widthOf));
  return {
    width: Math.ceil(widest) + 2 * MARGIN,
    height: bottom + captions.length * LINE + LINE / 2 + MARGIN,
    items,
  };
}

/** Adds the panels in rows, one below the other; returns where they end. */
function placePanels(
  items: Item[],
  panels: readonly Panel[],
  columns: number,
  widthOf: (text: string) => number,
): { readonly width: number; readonly bottom: number } {
  const titles = panels.some(({ title }) => title) ? LINE : 0;
  let [width, bottom] = [0, MARGIN];
  for (let from = 0; from < panels.length; from += columns) {
    const top = from ? bottom + GAP / 2 : bottom;
    let x = MARGIN;
    for (const { title, drawing } of panels.slice(from, from + columns)) {
      if (title) items.push({ kind: 'text', text: title, x, y: top + LINE / 2, anchor: 'start' });
      items.push(...drawing.items.map((item) => moved(item, x, top + titles)));
      x += Math.max(drawing.width, title ? widthOf(title) : 0) + GAP;
      bottom = Math.max(bottom, top + titles + drawing.height);
    }
    width = Math.max(width, x - GAP - MARGIN);
  }
  return { width, bottom };
}

function moved(item: Item, right: number, down: number): Item {
  if (!('points' in item)) return { ...item, x: item.x + right, y: item.y + down };
  return { ...item, points: item.points.map(([x, y]) => [x + right, y + down]) };
}

/** A picture as it is, or stretched. */
export function pictureDrawing(
  picture: PictureSource,
  { width, height }: { readonly width: number; readonly height: number } = picture,
  opacity = 1,
): Drawing {
  const items = [{ kind: 'picture' as const, picture, x: 0, y: 0, width, height, opacity }];
  return { width, height, items };
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
