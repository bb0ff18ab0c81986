import { randomBytes } from 'node:crypto';
import { chmod, lchown, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Reached } from '@hive/events';
import type { Env } from '../command/environment.ts';
import type { Owner } from '../git/git.ts';
import { createDial, type Resolve } from './dial.ts';
import { forwarder } from './forwarder.ts';
import type { Grant } from './grants.ts';
import { createLedger, type Limits } from './ledger.ts';
import { createProxy } from './proxy.ts';

/** The way out of one sandboxed command. */
export type Egress = {
  /** Holds the socket, the token and the forwarder; to be bound into the sandbox. Only the command's user can read it. */
  readonly folder: string;
  /** Ends all connections and answers what was reached. */
  close(): Promise<Reached[]>;
};

const limits: Limits = { sent: 256 * 1024 ** 2, received: 16 * 1024 ** 3 };
const idleMs = 5 * 60 * 1000;

const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Opens the way out for one command below `scratch`, with a token of its own. `env` is Hive's, for a proxy that the user has. */
export const openEgress = async (request: {
  readonly scratch: string;
  readonly owner: Owner | undefined;
  readonly grants: readonly Grant[];
  readonly env: Env;
  readonly limits?: Limits;
  readonly resolve?: Resolve;
}): Promise<Egress> => {
  const { scratch, owner, grants, env } = request;
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'egress-'));
  const token = randomBytes(32).toString('hex');
  const ledger = createLedger(request.limits ?? limits);
  const dial = createDial(request.resolve ?? systemResolve, env);
  const server = createProxy({ token, grants, dial, ledger, idleMs });
  // A tunnel is no request any more, so the server does not know of it.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const shut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(join(folder, 'forward.cjs'), forwarder);
    await writeFile(join(folder, 'told.json'), JSON.stringify({ token, direct: directFor(grants) }), { mode: 0o400 });
    await listen(server, folder);
    await chmod(join(folder, 'socket'), 0o600);
    if (owner) for (const name of ['socket', 'told.json', '.']) await lchown(join(folder, name), owner.uid, owner.gid);
  } catch (error) {
    await shut();
    throw error;
  }
  return {
    folder,
    close: async () => {
      await shut();
      return ledger.entries();
    },
  };
};

/** A path of a socket has about 100 bytes; a folder that is held open makes any path short enough. */
const listen = async (server: Server, folder: string): Promise<void> => {
  const held = await open(folder);
  server.on('close', () => void held.close());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`/proc/self/fd/${held.fd}/socket`, resolve);
  });
};

/** What a command reaches by itself: its own loopback, unless a registry is on that of the host. */
const directFor = (grants: readonly Grant[]): string =>
  ['localhost', '127.0.0.1', '::1'].filter((name) => !grants.some((grant) => grant.host === name)).join(',');
