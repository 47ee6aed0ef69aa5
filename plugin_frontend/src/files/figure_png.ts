import { FONT, FONT_SIZE, INK, layoutFigure, type Figure, type Item, type Layout } from './figure';

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
  context.font = `${FONT_SIZE}px ${FONT}`;
  context.textBaseline = 'middle';
  for (const item of layout.items) drawItem(context, item);
  return canvas;
}

function drawItem(context: OffscreenCanvasRenderingContext2D, item: Item): void {
  switch (item.kind) {
    case 'picture':
      context.globalAlpha = item.opacity ?? 1;
      context.drawImage(item.picture, item.x, item.y, item.width, item.height);
      context.globalAlpha = 1;
      break;
    case 'text':
      context.fillStyle = INK;
      context.textAlign = item.anchor === 'middle' ? 'center' : item.anchor;
      context.fillText(item.text, item.x, item.y);
      break;
    case 'rect':
      context.fillStyle = item.color;
      context.fillRect(item.x, item.y, item.width, item.height);
      break;
    case 'area':
      context.fillStyle = item.color;
      context.beginPath();
      for (const [x, y] of item.points) context.lineTo(x, y);
      context.fill();
      break;
    case 'line':
      context.strokeStyle = item.color;
      context.lineWidth = item.width;
      context.setLineDash([...(item.dash ?? [])]);
      context.beginPath();
      for (const [x, y] of item.points) context.lineTo(x, y);
      context.stroke();
  }
}
