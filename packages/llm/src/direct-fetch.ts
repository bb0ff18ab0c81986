/** What of a request the vendors' clients and the guard of a call say. */
export type Asked = {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

/** An answer whose bytes come one piece after the other and are read once. */
export type Answer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array> & {
    readonly text: () => Promise<string>;
    readonly json: () => Promise<unknown>;
    readonly on: (event: 'error', then: () => void) => unknown;
  };
};

/**
 * A `fetch` over a client of HTTP, as far as the vendors' clients and the guard of a call use one: no redirect is followed, nothing is unpacked, and the
 * bytes are read as they come. With the streams and the Response that `fetch` makes of an answer, a streamed call takes a tenth to a third more processor time.
 */
export const directFetch = (request: (url: string, asked: Asked) => Promise<Answer>): typeof fetch => {
  const send = async (url: string, { method = 'GET', headers, body, signal }: Partial<Asked> = {}) => {
    const answer = await request(url, {
      method,
      headers: { ...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'identity' },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    answer.body.on('error', () => undefined); // whoever reads hears of it, and nobody may read any more
    return responseOf(answer);
  };
  // What those clients give and read of a fetch, and no more.
  return send as unknown as typeof fetch;
};

const responseOf = ({ statusCode: status, headers, body }: Answer) => ({
  status,
  ok: status >= 200 && status < 300,
  headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')])),
  body: {
    getReader: () => {
      const pieces = body[Symbol.asyncIterator]();
      return { read: () => pieces.next() };
    },
  },
  text: () => body.text(),
  json: () => body.json(),
});
