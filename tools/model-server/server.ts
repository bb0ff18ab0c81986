import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Engine } from './engine.ts';
import { createRoutes } from './routes.ts';
import type { Fault, Scenario } from './scenario.ts';

/** One request as it arrived. `ended` tells who closed it: the answer was complete, the server cut it, or the client left. */
export type LoggedRequest = {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly ended: Promise<'complete' | 'cut' | 'client_closed'>;
};

/** A running double. */
export type ModelServer = {
  readonly url: string;
  readonly requests: readonly LoggedRequest[];
  /** Every load of a model that the box began, in order. */
  readonly loads: readonly { readonly model: string; readonly numCtx: number }[];
  /** How many connections were accepted. */
  readonly connections: () => number;
  /** Waits until the n-th request (from 1) has been read. */
  readonly received: (n: number) => Promise<LoggedRequest>;
  readonly stop: () => Promise<void>;
};

const loopback = ['127.0.0.1', '::1', 'localhost'];

/** Throws when a host is anything but loopback: whoever can reach a double can make an agent believe it. */
export const refuseUnlessLoopback = (host: string): void => {
  if (!loopback.includes(host))
    throw new Error(`The model server is a double and binds to loopback only, not to ${host}`);
};

/** Starts a double of Ollama and of the Messages API on one loopback port. The same requests in the same order get the same bytes. */
export const startModelServer = async ({
  scenario,
  engine,
  port = 0,
  host = '127.0.0.1',
  now = () => Date.now(),
  onRequest = () => {},
}: {
  readonly scenario: Scenario;
  /** Answers Ollama's calls that a rule without reply and fault leaves open. Whoever started it stops it, after the server. */
  readonly engine?: Engine;
  readonly port?: number;
  readonly host?: string;
  /** The time that limits, caches and `keep_alive` go by. */
  readonly now?: () => number;
  readonly onRequest?: (request: LoggedRequest) => void;
}): Promise<ModelServer> => {
  refuseUnlessLoopback(host);
  const requests: LoggedRequest[] = [];
  const waiting = new Set<() => void>();
  const routes = createRoutes(scenario, { now, engine });
  let connections = 0;
  let stopped = false;

  const server = createServer((req, res) => {
    void (async () => {
      res.setHeader('x-hive-double', scenario.name);
      const body = await readBody(req);
      const gone = new AbortController();
      const ended = Promise.withResolvers<'complete' | 'cut' | 'client_closed'>();
      let cut = false;
      res.on('close', () => {
        gone.abort();
        ended.resolve(cut ? 'cut' : res.writableFinished ? 'complete' : 'client_closed');
      });
      const request: LoggedRequest = {
        n: requests.length + 1,
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers: req.headers,
        body,
        ended: ended.promise,
      };
      requests.push(request);
      onRequest(request);
      for (const wake of waiting) wake();
      await routes.answer(request, res, { gone: gone.signal, cutting: () => (cut = true), vanish });
    })().catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  // A client on a busy machine may use a connection again after a while; one that was closed meanwhile would look like a fault.
  server.keepAliveTimeout = 60_000;
  server.on('connection', () => (connections += 1));
  await listening(server, { port, host });
  const address = server.address() as AddressInfo;

  /** The box goes away: its connections break and its port is closed, until it comes back. */
  const vanish = ({ ms, models }: Extract<Fault, { kind: 'vanish' }>) => {
    server.close();
    server.closeAllConnections();
    routes.restart(models);
    if (ms === undefined) return;
    setTimeout(
      () => {
        if (!stopped) void listening(server, { port: address.port, host });
      },
      ms / (scenario.speed ?? 1),
    );
  };

  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${address.port}`,
    requests,
    loads: routes.loads,
    connections: () => connections,
    received: (n) =>
      new Promise((resolve) => {
        const look = () => {
          const request = requests[n - 1];
          if (!request) return;
          waiting.delete(look);
          resolve(request);
        };
        waiting.add(look);
        look();
      }),
    stop: () =>
      new Promise((done) => {
        stopped = true;
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

const listening = (server: Server, at: { readonly port: number; readonly host: string }): Promise<void> =>
  new Promise((ready, failed) => {
    server.once('error', failed);
    server.listen(at.port, at.host, () => {
      server.off('error', failed);
      ready();
    });
  });

const readBody = async (req: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
