const GAP = 16;

/** Canvases beside each other on one. */
export function sideBySide(canvases: readonly HTMLCanvasElement[]): OffscreenCanvas {
  const width = canvases.reduce((sum, canvas) => sum + canvas.width, GAP * (canvases.length - 1));
  const picture = new OffscreenCanvas(width, Math.max(...canvases.map((canvas) => canvas.height)));
  const context = picture.getContext('2d')!;
  let left = 0;
  for (const canvas of canvases) {
    context.drawImage(canvas, left, 0);
    left += canvas.width + GAP;
  }
  return picture;
}

/** Pixels on a canvas of their own. */
export function canvasOf(image: ImageData): OffscreenCanvas {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}
