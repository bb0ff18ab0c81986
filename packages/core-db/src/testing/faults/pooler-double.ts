import { connect, createServer, type Socket } from 'node:net';
import { createFrameReader, type Frame } from './wire.ts';

/** A double of a connection pooler in transaction mode: clients share sessions of the server, each for the length of a transaction. */
export type PoolerDouble = { readonly url: string; readonly close: () => Promise<void> };

/** One session of the server. */
type Backend = { readonly socket: Socket; client: Client | null };
type Client = { readonly socket: Socket; readonly waiting: Buffer[]; backend: Backend | null };

/** Parameters of a session that such poolers keep for their clients; others are refused, as PgBouncer does by default. */
const known = new Set(['user', 'database', 'application_name', 'client_encoding', 'datestyle', 'timezone']);

/**
 * Starts the double in front of the server of `url` (which must trust its users) with so many sessions. The session that was idle longest is taken next, so that
 * whatever belongs to a session is gone in the next statement. `lenient` takes unknown startup parameters and ignores them.
 */
export const startPoolerDouble = async (
  url: string,
  options: { readonly sessions?: number; readonly lenient?: boolean } = {},
): Promise<PoolerDouble> => {
  const target = new URL(url);
  const idle: Backend[] = [];
  const queue: Client[] = [];
  const sockets = new Set<Socket>();
  let greeting: readonly Frame[] = [];

  const openBackend = (): Promise<Backend> =>
    new Promise((ready, fail) => {
      const socket = connect({ host: target.hostname, port: Number(target.port || 5432) });
      const backend: Backend = { socket, client: null };
      const read = createFrameReader(0);
      const heard: Frame[] = [];
      let isReady = false;
      sockets.add(socket);
      socket.on('error', fail);
      socket.on('close', () => backend.client?.socket.destroy());
      socket.on('connect', () => socket.write(startup({ user: target.username, database: target.pathname.slice(1) })));
      socket.on('data', (chunk) => {
        for (const frame of read(chunk)) {
          if (!isReady) heard.push(frame);
          else backend.client?.socket.write(frame.bytes);
          if (frame.type !== 'Z') continue;
          if (!isReady) {
            isReady = true;
            greeting = heard;
            ready(backend);
          } else if (frame.bytes[5] === 0x49) release(backend);
        }
      });
    });

  const release = (backend: Backend) => {
    if (backend.client) backend.client.backend = null;
    backend.client = null;
    idle.push(backend);
    const next = queue.shift();
    if (next) serve(next);
  };
  const serve = (client: Client) => {
    client.backend ??= idle.shift() ?? null;
    if (!client.backend) return void queue.push(client);
    client.backend.client = client;
    for (const bytes of client.waiting.splice(0)) client.backend.socket.write(bytes);
  };

  const accept = (socket: Socket) => {
    const client: Client = { socket, waiting: [], backend: null };
    const read = createFrameReader(1);
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      // What it left open is given up; the session goes back when the server has said so.
      if (client.backend) client.backend.socket.write(simple('rollback'));
    });
    socket.on('data', (chunk) => {
      for (const { type, bytes } of read(chunk)) {
        if (type === 'X') return void socket.end();
        if (type !== '') client.waiting.push(bytes);
        else {
          const refused = options.lenient ? undefined : Object.keys(parametersOf(bytes)).find((it) => !known.has(it));
          if (refused !== undefined) return void socket.end(failure(`unsupported startup parameter: ${refused}`));
          for (const frame of greeting) socket.write(frame.bytes);
        }
      }
      if (client.waiting.length > 0 && !queue.includes(client)) serve(client);
    });
  };

  for (let n = 0; n < (options.sessions ?? 3); n++) idle.push(await openBackend());
  const server = createServer(accept);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the pooler has no port');
  const own = new URL(url);
  own.host = `127.0.0.1:${address.port}`;
  return {
    url: own.href,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const parametersOf = (bytes: Buffer): Record<string, string> => {
  const texts = bytes.toString('utf8', 8).split('\0');
  const found: Record<string, string> = {};
  for (let n = 0; n + 1 < texts.length && texts[n] !== ''; n += 2) found[texts[n] ?? ''] = texts[n + 1] ?? '';
  return found;
};

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};

const startup = (parameters: Readonly<Record<string, string>>): Buffer => {
  const version = Buffer.from([0, 3, 0, 0]);
  const texts = Object.entries(parameters).flatMap(([name, value]) => [name, value]);
  return message('', Buffer.concat([version, Buffer.from(`${texts.join('\0')}\0\0`)]));
};

const simple = (sql: string): Buffer => message('Q', Buffer.from(`${sql}\0`));

const failure = (text: string): Buffer => message('E', Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${text}\0\0`));
