import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';

/** Given back by ending the process, however it ends. */
export type HomeLock = { release(): void };

/**
 * Takes the one place of a supervisor on this home; null when another process has it. On Linux a socket in the kernel's own
 * namespace, which vanishes with its process, so that there is nothing stale to judge; elsewhere run.json alone decides.
 */
export const lockHome = async (home: string): Promise<HomeLock | null> => {
  if (process.platform !== 'linux') return { release: () => undefined };
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const name = createHash('sha256').update(realpathSync(home)).digest('hex').slice(0, 40);
  const server = createServer((socket) => socket.destroy());
  const isTaken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen(`\0hive-${name}`, () => resolve(false));
  });
  if (isTaken) return null;
  server.unref();
  return { release: () => server.close() };
};
