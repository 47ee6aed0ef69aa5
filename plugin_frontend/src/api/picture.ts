import { readScale, type AtlasScale } from './scale_chunk';

/** A decoded channel atlas: grey levels, row by row, and what they stand for. */
export interface Picture {
  width: number;
  height: number;
  levels: Uint8Array;
  scale: AtlasScale;
}

/** Decodes the PNG of an atlas to its exact grey levels. */
export async function decodePicture(png: ArrayBuffer): Promise<Picture> {
  const scale = readScale(png);
  // Colour management would change the levels.
  const bitmap = await createImageBitmap(new Blob([png], { type: 'image/png' }), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
  })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  return { width, height, levels: Uint8Array.from(pixels, (pixel) => pixel & 255), scale };
}
