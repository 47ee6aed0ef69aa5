import { FONT, FONT_SIZE, layoutFigure, type Figure, type Layout } from './figure';

/** The longest side and the most pixels of a canvas that a browser can be asked for. */
const LONGEST_SIDE = 32_000;
const MOST_PIXELS = 2 ** 27;

/** How wide a text is in the font of figures. */
export function textWidth(text: string): number {
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.font = `${FONT_SIZE}px ${FONT}`;
  return context.measureText(text).width;
}

/** Whether a browser can draw a figure that is so many times as large. */
export function fitsScale({ width, height }: Layout, scale: number): boolean {
  const [wide, high] = [width * scale, height * scale];
  return Math.max(wide, high) <= LONGEST_SIDE && wide * high <= MOST_PIXELS;
}

/** Draws a figure on white; a pixel of its pictures is a whole number of pixels. */
export function drawFigure(figure: Figure, scale: number): OffscreenCanvas {
  const layout = layoutFigure(figure, textWidth);
  const canvas = new OffscreenCanvas(layout.width * scale, layout.height * scale);
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, layout.width, layout.height);
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#202124';
  context.font = `${FONT_SIZE}px ${FONT}`;
  context.textBaseline = 'middle';
  for (const item of layout.items) {
    if (item.kind === 'picture') {
      context.drawImage(item.picture, item.x, item.y, item.width, item.height);
    } else {
      context.textAlign = item.anchor;
      context.fillText(item.text, item.x, item.y);
    }
  }
  return canvas;
}
