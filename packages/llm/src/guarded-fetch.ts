import type { CallGuard } from './call-guard.ts';

/**
 * A `fetch` for one call that ends when its guard says so and that counts every received byte of a good reply as a sign of life.
 * `onResponse` sees the headers, `onBytes` each piece of a good reply before its reader does; what they throw ends the call.
 */
export const guardedFetch =
  (
    send: typeof fetch,
    guard: CallGuard,
    {
      onResponse = () => {},
      onBytes = () => {},
    }: {
      readonly onResponse?: (response: Response) => void;
      readonly onBytes?: (bytes: Uint8Array) => void;
    } = {},
  ): typeof fetch =>
  async (url, init) => {
    guard.signal.throwIfAborted();
    guard.leave();
    // A redirect could carry the prompt, and the key, to a place that nobody named. Signals of the client are not needed: the guard ends every call.
    const response = await send(url, { ...init, signal: guard.signal, redirect: 'manual' });
    guard.enter('first_token');
    onResponse(response);
    if (!response.ok || !response.body) return response;
    return withBody(response, (bytes) => {
      guard.touch();
      onBytes(bytes);
    });
  };

/**
 * The same response with a body that tells of each piece (`json()` and `text()` still read the original). A TransformStream would do this too,
 * at a price: its queues cost more than all else that Hive adds to a call, and a generator costs more than a function.
 */
const withBody = (response: Response, onBytes: (bytes: Uint8Array) => void): Response => {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const original = response.body;
  const next = async () => {
    reader ??= original?.getReader();
    const piece = await reader?.read();
    if (!piece || piece.done) return { done: true, value: undefined } as const;
    onBytes(piece.value);
    return piece;
  };
  const body = {
    [Symbol.asyncIterator]: () => ({ next }),
    getReader: () => ({ read: next, releaseLock: () => {}, cancel: () => Promise.resolve() }),
    cancel: () => Promise.resolve(),
  };
  return Object.defineProperty(response, 'body', { value: body });
};
