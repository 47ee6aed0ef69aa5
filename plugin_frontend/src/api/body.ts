import { DamagedError } from '../model/failures';

/** The most bytes that one answer may have. */
export const MOST_BYTES = 2 ** 28;

/** Reads an answer, and stops as soon as it is larger than any may be. */
export async function readBody(response: Response, limit = MOST_BYTES): Promise<ArrayBuffer> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new DamagedError(`An answer of the server is larger than ${limit / 2 ** 20} MiB.`);
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}
