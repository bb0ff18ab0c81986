import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { HiveError } from '@hive/errors';

const listening = '0A';

const quietly = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

/** The inodes of sockets that listen on a port, from the kernel's table. */
const inodesOn = (port: number): string[] =>
  ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    quietly(() => readFileSync(file, 'utf8'), '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === listening && parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
      .map((fields) => fields[9] ?? ''),
  );

/** Who listens on a port of this machine: `node (pid 4711)`. Null where the system does not say (other users' processes, not Linux). */
export const holderOf = (port: number): string | null => {
  const sockets = new Set(inodesOn(port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const pid of quietly(() => readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name))) {
    const files = quietly(() => readdirSync(`/proc/${pid}/fd`), []);
    if (!files.some((file) => sockets.has(quietly(() => readlinkSync(`/proc/${pid}/fd/${file}`), '')))) continue;
    const [program = '', ...words] = quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'), []);
    const script = words.find((word) => !word.startsWith('-')) ?? '';
    const name = [program, script]
      .map((word) => basename(word))
      .join(' ')
      .trim();
    return `${name || 'a process'} (pid ${pid})`;
  }
  return null;
};

/** Why a port of this machine cannot be listened on: an error code; null when it can. */
export const whyNotPort = (port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(null)));
  });

/** Throws `port.in_use` with who holds it, or with why the system refuses it. Port 0 is always free. */
export const assertPortFree = async (port: number): Promise<void> => {
  const problem = port === 0 ? null : await whyNotPort(port);
  if (problem === null) return;
  const holder = holderOf(port);
  const why =
    problem === 'EADDRINUSE'
      ? `Port ${port} is in use${holder === null ? ' by a process that this user cannot see' : ` by ${holder}`}`
      : `Port ${port} cannot be listened on (${problem})`;
  throw new HiveError('port.in_use', `${why}; end it, or choose another port with --port N or HIVE_PORT`, {
    remedy: 'fix_config',
    details: { port, holder },
  });
};
