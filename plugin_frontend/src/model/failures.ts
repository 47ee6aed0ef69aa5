/** No answer came: the server is gone, or the network. */
export class UnreachableError extends Error {}

/** The server answered that it can't. */
export class RefusedError extends Error {}

/** What the server sent is not what it says it is. */
export class DamagedError extends Error {}

/** Whether an error is of the server, the network or the data, to be shown as a message. */
export function isExpected(error: unknown): error is Error {
  return (
    error instanceof UnreachableError ||
    error instanceof RefusedError ||
    error instanceof DamagedError
  );
}
