import { DamagedError } from '../../model/failures';
import type { ProbePixels } from '../../model/picture';
import { MOST_PIXELS } from './png';

/** Where the header of a PNG file holds its width; the height follows. */
const SIZE_AT = 16;

/** Decodes a probe's picture, an ordinary PNG, to its pixels. */
export async function decodeProbe(png: ArrayBuffer): Promise<ProbePixels> {
  const view = new DataView(png);
  if (png.byteLength < SIZE_AT + 8) throw new DamagedError('The picture is cut short.');
  const [width, height] = [view.getUint32(SIZE_AT), view.getUint32(SIZE_AT + 4)];
  if (!width || !height || width * height > MOST_PIXELS) {
    throw new DamagedError(`The probe says that it has ${width}×${height} pixels.`);
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([png], { type: 'image/png' }));
  } catch {
    throw new DamagedError('The picture of the probe is damaged.');
  }
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, rgba: context.getImageData(0, 0, width, height).data };
}
