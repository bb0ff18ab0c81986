import type { CallGuard } from './call-guard.ts';

/** The bytes of a body, piece by piece. */
export type Bytes = AsyncIterable<Uint8Array>;

/**
 * A `fetch` for one call that ends when its guard says so and that counts every received byte of a good reply as a sign of life.
 * `onResponse` sees the headers; `read` may replace the bytes of a good reply.
 */
export const guardedFetch =
  (
    send: typeof fetch,
    guard: CallGuard,
    {
      onResponse = () => {},
      read = (bytes) => bytes,
    }: {
      readonly onResponse?: (response: Response) => void;
      readonly read?: (bytes: Bytes, response: Response) => Bytes;
    } = {},
  ): typeof fetch =>
  async (url, init) => {
    const signal = init?.signal ? AbortSignal.any([guard.signal, init.signal]) : guard.signal;
    signal.throwIfAborted();
    guard.leave();
    // A redirect could carry the prompt, and the key, to a place that nobody named.
    const response = await send(url, { ...init, signal, redirect: 'manual' });
    guard.enter('first_token');
    onResponse(response);
    if (!response.ok || !response.body) return response;
    return withBody(response, read(touching(response.body, guard), response));
  };

async function* touching(body: ReadableStream<Uint8Array>, guard: CallGuard): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    guard.touch();
    yield next.value;
  }
}

/**
 * The same response with other bytes for whoever streams it (`json()` and `text()` still read the original).
 * A TransformStream would do this too, at a price: its queues cost more than all else that Hive adds to a call.
 */
const withBody = (response: Response, bytes: Bytes): Response => {
  const iterator = bytes[Symbol.asyncIterator]();
  const body = {
    [Symbol.asyncIterator]: () => iterator,
    getReader: () => ({ read: () => iterator.next(), releaseLock: () => {}, cancel: () => Promise.resolve() }),
    cancel: () => Promise.resolve(),
  };
  return Object.defineProperty(response, 'body', { value: body });
};
