import type { Frame, Range } from '../model/picture';
import { paintFrame } from '../render/frame';
import { animatedPng } from './apng';

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

/** The film as an animated PNG, its colours fixed over the steps. */
export async function animateFilm(
  frames: readonly Frame[],
  colors: Uint32Array,
  range: Range,
): Promise<Blob> {
  const files: Uint8Array[] = [];
  for (const frame of frames) {
    const zoom = Math.max(1, Math.ceil(SHORTEST_SIDE / Math.max(frame.width, frame.height)));
    const blob = await frameCanvas(frame, colors, range, zoom).convertToBlob();
    files.push(new Uint8Array(await blob.arrayBuffer()));
  }
  const bytes = animatedPng(files, FRAME_MILLISECONDS);
  return new Blob([bytes as BlobPart], { type: 'image/png' });
}
