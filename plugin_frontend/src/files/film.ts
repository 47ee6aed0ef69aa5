import { formatValue } from '../derive/format';
import type { Frame, Range } from '../model/picture';
import { paintFrame } from '../render/frame';
import { animatedPng } from './apng';
import { pictureDrawing } from './figure';
import { drawFigure, textWidth } from './figure_png';

const SHORTEST_SIDE = 160;
const FRAME_MILLISECONDS = 250;

/** A frame on a canvas of its own, enlarged by whole pixels. */
function frameCanvas(
  frame: Frame,
  colors: Uint32Array,
  range: Range,
  zoom: number,
): OffscreenCanvas {
  const small = new OffscreenCanvas(frame.width, frame.height);
  small.getContext('2d')!.putImageData(paintFrame(frame, colors, range), 0, 0);
  const large = new OffscreenCanvas(frame.width * zoom, frame.height * zoom);
  const context = large.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

/** The film as an animated PNG, its colours fixed over the steps, each frame with its caption. */
export async function animateFilm(
  frames: readonly Frame[],
  colors: Uint32Array,
  range: Range,
  captionOf: (step: number) => string,
): Promise<Blob> {
  const captions = frames.map(({ step }) => captionOf(step));
  const minWidth = Math.max(...captions.map(textWidth));
  const bar = { colors, low: formatValue(range.low), high: formatValue(range.high) };
  const files: Uint8Array[] = [];
  for (const [index, frame] of frames.entries()) {
    const zoom = Math.max(1, Math.ceil(SHORTEST_SIDE / Math.max(frame.width, frame.height)));
    const picture = frameCanvas(frame, colors, range, zoom);
    const panels = [{ title: '', drawing: pictureDrawing(picture) }];
    const figure = { panels, captions: [captions[index]!], bar, minWidth };
    const blob = await drawFigure(figure, 1).convertToBlob();
    files.push(new Uint8Array(await blob.arrayBuffer()));
  }
  const bytes = animatedPng(files, FRAME_MILLISECONDS);
  return new Blob([bytes as BlobPart], { type: 'image/png' });
}
