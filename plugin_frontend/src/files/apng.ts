/** Makes an animated PNG of PNG files (W3C PNG, third edition, section 11.3.6). */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

interface Chunk {
  kind: string;
  data: Uint8Array;
}

/**
 * @param frames PNG files of one size and colour type.
 * @param milliseconds how long each frame stays.
 */
export function animatedPng(frames: readonly Uint8Array[], milliseconds: number): Uint8Array {
  const parsed = frames.map(chunksOf);
  const header = parsed[0]?.find((chunk) => chunk.kind === 'IHDR');
  if (!header) throw new Error('An animation needs at least one PNG file.');
  const size = new DataView(header.data.buffer, header.data.byteOffset);
  const chunks: Chunk[] = [header, { kind: 'acTL', data: words(frames.length, 0) }];
  let sequence = 0;
  parsed.forEach((frame, index) => {
    const control = frameControl(sequence++, size.getUint32(0), size.getUint32(4), milliseconds);
    chunks.push({ kind: 'fcTL', data: control });
    for (const { kind, data } of frame) {
      if (kind !== 'IDAT') continue;
      if (index === 0) chunks.push({ kind, data });
      else chunks.push({ kind: 'fdAT', data: joined([words(sequence++), data]) });
    }
  });
  chunks.push({ kind: 'IEND', data: new Uint8Array() });
  return joined([Uint8Array.from(SIGNATURE), ...chunks.map(bytesOf)]);
}

function frameControl(sequence: number, width: number, height: number, milliseconds: number) {
  const delay = new Uint8Array(6); // numerator, denominator; dispose and blend: none
  new DataView(delay.buffer).setUint16(0, milliseconds);
  new DataView(delay.buffer).setUint16(2, 1000);
  return joined([words(sequence, width, height, 0, 0), delay]);
}

function chunksOf(png: Uint8Array): Chunk[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= png.length;) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...png.subarray(at + 4, at + 8));
    chunks.push({ kind, data: png.slice(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function bytesOf({ kind, data }: Chunk): Uint8Array {
  const body = joined([Uint8Array.from(kind, (letter) => letter.charCodeAt(0)), data]);
  return joined([words(data.length), body, words(crc32(body))]);
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(4 * index, value));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The check of a PNG chunk. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
