import { timingSafeEqual } from 'node:crypto';
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NotDialed, type Dial } from './dial.ts';
import { grantFor, hostOf, type Grant } from './grants.ts';
import type { Ledger } from './ledger.ts';
import { notGranted } from './line-to-add.ts';

/** What one proxy decides by: the command's token, what was granted to it, how to get there, and where it is written down. */
export type ProxyRules = {
  readonly token: string;
  readonly grants: readonly Grant[];
  readonly dial: Dial;
  readonly ledger: Ledger;
  /** A connection without a byte for this long is closed. */
  readonly idleMs: number;
};

type Target = { readonly scheme: 'http' | 'https'; readonly host: string; readonly port: number };

const maxConnections = 256;

/** An HTTP proxy (CONNECT, and plain requests to `http://`) for one command. It is not listening yet. */
export const createProxy = (rules: ProxyRules): Server => {
  // Header lines are limited by Node; a request that never ends its headers is dropped.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 1_000 });
  server.maxConnections = maxConnections;
  server.on('connect', (asked, client, head) => void tunnel(rules, { asked, client, head }));
  server.on('request', (asked, answer) => {
    const url = /^http:\/\/([^/?#@]*?)(?::(\d{1,5}))?((?:[/?].*)?)$/i.exec(asked.url ?? '');
    const client = asked.socket;
    // One request per connection: what passes on it belongs to one host.
    answer.shouldKeepAlive = false;
    if (!hasToken(asked, rules.token)) return void answer.writeHead(407, challenge).end();
    if (!url) return void answer.writeHead(400).end('Hive forwards http:// and CONNECT only\n');
    void admit(rules, { scheme: 'http', name: url[1] ?? '', port: Number(url[2] ?? 80) }).then(
      ({ target, socket, upstream, count }) => {
        watch(socket, client, rules.idleMs, count);
        count.sent((asked.url?.length ?? 0) + asked.rawHeaders.join('').length);
        const path = (url[3] ?? '').replace(/^(?!\/)/, '/');
        const host = target.port === 80 ? target.host : `${target.host}:${target.port}`;
        const onwards = request({
          createConnection: () => socket,
          method: asked.method,
          path: upstream ? `http://${host}${path}` : path,
          headers: { ...endToEnd(asked), host, ...(upstream && credentials(upstream)), connection: 'close' },
        });
        onwards.on('response', (got) => {
          answer.writeHead(got.statusCode ?? 502, endToEnd(got));
          got.pipe(answer);
          got.on('error', () => answer.destroy());
        });
        onwards.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
        answer.on('close', () => onwards.destroy());
        asked.pipe(onwards);
      },
      (error: unknown) => answer.writeHead(statusOf(error)).end(`${sentenceOf(error)}\n`),
    );
  });
  return server;
};

const tunnel = async (
  rules: ProxyRules,
  { asked, client, head }: { readonly asked: IncomingMessage; readonly client: Duplex; readonly head: Buffer },
): Promise<void> => {
  client.on('error', () => client.destroy());
  const refuse = (status: number, text: string, headers = '') =>
    client.end(
      `HTTP/1.1 ${status} ${text.replaceAll(/[^ -~]/g, '?')}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  if (!hasToken(asked, rules.token))
    return void refuse(
      407,
      'Proxy Authentication Required',
      `Proxy-Authenticate: ${challenge['proxy-authenticate']}\r\n`,
    );
  const [, name = '', port = ''] = /^(.*):(\d{1,5})$/s.exec(asked.url ?? '') ?? [];
  try {
    const { socket, count } = await admit(rules, { scheme: 'https', name, port: Number(port) });
    if (client.destroyed) return void socket.destroy();
    watch(socket, client, rules.idleMs, count);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0 && count.sent(head.length)) socket.write(head);
    client.pipe(socket).pipe(client);
  } catch (error) {
    refuse(statusOf(error), sentenceOf(error));
  }
};

const challenge = { 'proxy-authenticate': 'Basic realm="hive"' };

const hasToken = (asked: IncomingMessage, token: string): boolean => {
  const [, given = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(asked.headers['proxy-authorization'] ?? '') ?? [];
  const [a, b] = [Buffer.from(given, 'base64'), Buffer.from(`hive:${token}`)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Decides about one connection, makes it, and writes down either. */
const admit = async (
  { grants, dial, ledger }: ProxyRules,
  { scheme, name, port }: { readonly scheme: 'http' | 'https'; readonly name: string; readonly port: number },
) => {
  const host = hostOf(name) ?? grants.find((grant) => grant.registry && isIPv4(name) && grant.host === name)?.host;
  const no = (because: string) => {
    ledger.refused(name, port <= 65535 ? port : 0, because);
    return new NotDialed('refused', `Hive refused ${name.slice(0, 100)}: ${because}`);
  };
  if (host === undefined) throw no('it is not the name of a host');
  const target: Target = { scheme, host, port };
  const grant = grantFor(grants, target);
  if (!grant) throw no(notGranted);
  try {
    const { socket, upstream } = await dial(target, grant);
    if (upstream && scheme === 'https') await throughUpstream(socket, upstream, target);
    return { target, socket, upstream, count: ledger.opened(host, port) };
  } catch (error) {
    if (!(error instanceof NotDialed)) throw error;
    ledger.refused(host, port, error.message);
    throw error;
  }
};

const statusOf = (error: unknown): number => (error instanceof NotDialed && error.kind === 'refused' ? 403 : 502);

const sentenceOf = (error: unknown): string => (error instanceof NotDialed ? error.message : 'Bad Gateway');

/** Counts what passes, and closes both ends when one does, when nothing passes for long, or when it is too much. */
const watch = (
  socket: Socket,
  // Node types what a request came by as a stream; it is a socket where nobody made another.
  client: Duplex,
  idleMs: number,
  count: { sent(bytes: number): boolean; received(bytes: number): boolean },
): void => {
  const end = () => {
    socket.destroy();
    client.destroy();
  };
  client.on('data', (bytes: Buffer) => count.sent(bytes.length) || end());
  socket.on('data', (bytes: Buffer) => count.received(bytes.length) || end());
  socket.setTimeout(idleMs, end);
  socket.on('error', end);
  socket.on('close', () => (client as Socket).destroySoon());
  client.on('close', () => socket.destroy());
};

const credentials = (upstream: URL): OutgoingHttpHeaders => {
  if (!upstream.username) return {};
  const pair = `${decodeURIComponent(upstream.username)}:${decodeURIComponent(upstream.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
};

const throughUpstream = (socket: Socket, upstream: URL, { host, port }: Target): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: `${host}:${port}`,
      headers: { host: `${host}:${port}`, ...credentials(upstream) },
      timeout: 30_000,
    });
    const fail = (why: string) => {
      socket.destroy();
      reject(new NotDialed('failed', `the proxy of the environment ${why}`));
    };
    asked.on('connect', (answer, _, head) => {
      if (answer.statusCode !== 200) return fail(`answered ${answer.statusCode}`);
      if (head.length > 0) socket.unshift(head);
      resolve();
    });
    asked.on('response', (answer) => fail(`answered ${answer.statusCode}`));
    asked.on('timeout', () => fail('did not answer'));
    asked.on('error', (error) => fail(`failed: ${error.message}`));
    asked.end();
  });

const hopByHop = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

const endToEnd = ({ headers }: IncomingMessage): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.test(name)));
