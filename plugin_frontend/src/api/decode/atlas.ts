import { DamagedError } from '../../model/failures';
import type { AtlasScale, Picture } from '../../model/picture';
import { chunksOf, decodeGrey, greySize } from './png';
import { parseScale } from './scale';

/** Decodes the PNG of a channel atlas to its exact grey levels. */
export async function decodeAtlas(png: ArrayBuffer): Promise<Picture> {
  const chunks = chunksOf(png);
  const chunk = chunks.find(({ kind }) => kind === 'fmAp');
  if (!chunk) throw new DamagedError('The picture holds no scale (chunk fmAp).');
  const scale = parseScale(chunk.data);
  const { width, height } = greySize(chunks);
  checkGeometry(scale, width, height); // before anything of that size is made
  return { ...(await decodeGrey(chunks)), scale };
}

function checkGeometry(scale: AtlasScale, width: number, height: number): void {
  const rows = Math.ceil(scale.channels / scale.columns);
  const expected = [scale.columns * scale.tileWidth, rows * scale.tileHeight] as const;
  if (width !== expected[0] || height !== expected[1]) {
    throw new DamagedError(
      `Expected a picture of ${expected.join('×')} pixels for ${scale.channels} channels of ` +
        `${scale.tileWidth}×${scale.tileHeight}. Received: ${width}×${height}.`,
    );
  }
}
