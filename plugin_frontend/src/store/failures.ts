import { RequestError } from '../api/client';
import { ScaleError } from '../api/scale_chunk';

/** Whether an error is one of the server's or the data's, to be shown as a message. */
export function isExpected(error: unknown): error is Error {
  return error instanceof RequestError || error instanceof ScaleError;
}

/** Whether an error only says that a request was cancelled. */
export function isCancelled(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
