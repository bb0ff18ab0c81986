import type { CallGuard } from './call-guard.ts';

/**
 * A `fetch` for one call that ends when its guard says so and that counts every received byte as a sign of life.
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
      readonly read?: (bytes: ReadableStream<Uint8Array>, response: Response) => ReadableStream<Uint8Array>;
    } = {},
  ): typeof fetch =>
  async (url, init) => {
    const signal = AbortSignal.any([guard.signal, ...(init?.signal ? [init.signal] : [])]);
    // A redirect could carry the prompt, and the key, to a place that nobody named.
    const response = await send(url, { ...init, signal, redirect: 'manual' });
    guard.enter('first_token');
    onResponse(response);
    if (!response.body) return response;
    const bytes = response.body.pipeThrough(touching(guard));
    return new Response(response.ok ? read(bytes, response) : bytes, response);
  };

const touching = (guard: CallGuard) =>
  new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, out) => {
      guard.touch();
      out.enqueue(chunk);
    },
  });
