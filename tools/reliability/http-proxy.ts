import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to one exchange. `lose-request`: the line is cut before the server has it. `lose-reply`: the server has answered, and nobody hears it.
 * `half-reply`: the line is cut in the middle of the answer. `late`: the answer comes after a while. `twice`: the server gets the request two times at once.
 */
export type HttpFault = 'lose-request' | 'lose-reply' | 'half-reply' | 'late' | 'twice';

/** A proxy in front of an HTTP server that can be told to misbehave. */
export type HttpProxy = {
  readonly url: string;
  /** What each exchange met that was asked about, in order. */
  readonly met: readonly (HttpFault | null)[];
  close(): Promise<void>;
};

/** How a proxy misbehaves. */
export type HttpProxyOptions = {
  readonly target: string;
  /** Requests to others pass untouched. */
  readonly isMeant: (method: string, path: string) => boolean;
  /** Asked for each that is meant. */
  readonly faultOf: () => HttpFault | null;
  readonly lateMs?: number;
};

type Answer = { readonly status: number; readonly headers: OutgoingHttpHeaders; readonly body: Buffer };

/** Starts a proxy on a port of this machine that the system chooses. Answers are passed on when they are whole. */
export const startHttpProxy = async ({
  target,
  isMeant,
  faultOf,
  lateMs = 300,
}: HttpProxyOptions): Promise<HttpProxy> => {
  const met: (HttpFault | null)[] = [];

  const exchange = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await bytesOf(asked);
    const path = asked.url ?? '/';
    const isStruck = isMeant(asked.method ?? '', path);
    const fault = isStruck ? faultOf() : null;
    if (isStruck) met.push(fault);
    const cut = () => asked.socket.destroy();
    if (fault === 'lose-request') return void cut();
    const pass = () => passOn(new URL(path, target), asked, body);
    const [got] = await Promise.all(fault === 'twice' ? [pass(), pass()] : [pass()]);
    if (fault === 'lose-reply') return void cut();
    if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, lateMs));
    answer.writeHead(got.status, { ...got.headers, 'content-length': got.body.length });
    if (fault === 'half-reply') return void answer.write(got.body.subarray(0, got.body.length >> 1), cut);
    answer.end(got.body);
  };

  const server = createServer((asked, answer) => {
    exchange(asked, answer).catch(() => asked.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    met,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};

const bytesOf = async (from: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of from) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const passOn = (url: URL, { method, headers }: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...rest } = headers;
    const own = { ...rest, host: url.host, 'content-length': body.length, connection: 'close' };
    const passed = request(url, { ...(method !== undefined && { method }), headers: own }, (response) => {
      const { 'transfer-encoding': __, connection: ___, ...kept } = response.headers;
      bytesOf(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 502, headers: kept, body: bytes }),
        reject,
      );
    });
    passed.once('error', reject);
    passed.end(body);
  });
