import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { openStore, type Store } from '@hive/core-db';
import { sampleWrite, startOwnPostgres } from '@hive/core-db/testing';
import { codeOf, holdsWithin, type Outcome } from '../postgres/tries.ts';

export const id = 'R8d';
export const title = 'the disk of the store full, and room made again';

const runProgram = promisify(execFile);
/** Whoever may mount may also give a folder away. */
const nobody = 65_534;
const backWithinMs = 10_000;
const sizes = { postgres: '32m', sqlite: '24m' };
/** What is left free before the writing begins. */
const leftBytes = { postgres: 4_000_000, sqlite: 1_500_000 };

/** Fills a small file system under PostgreSQL and under SQLite while a client writes, makes room, and looks whether all that was acknowledged is there. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const rounds = mode === 'quick' ? 1 : 5;
  const told: string[] = [];
  let violations = 0;
  let runs = 0;
  for (const store of ['sqlite', 'postgres'] as const)
    for (let round = 0; round < rounds; round++) {
      const tried = await onSmallDisk(store, store === 'sqlite' ? trySqlite : tryPostgres);
      told.push(`${store}: ${tried.notes}`);
      violations += tried.violations;
      runs += tried.isRun ? 1 : 0;
    }
  return {
    runs,
    interrupted: runs,
    violations,
    ms: Math.round(performance.now() - began),
    store: 'sqlite and postgres',
    notes: told.join('; '),
  };
};

type Tried = { readonly violations: number; readonly notes: string; readonly isRun: boolean };

/** A file system of its own takes the right to mount one; without it nothing is tried, and that is said. */
const onSmallDisk = async (
  store: keyof typeof sizes,
  attempt: (disk: string, fill: () => Promise<() => Promise<void>>) => Promise<Tried>,
): Promise<Tried> => {
  const disk = await mkdtemp(join(tmpdir(), 'hive-disk-'));
  try {
    await runProgram('mount', ['-t', 'tmpfs', '-o', `size=${sizes[store]}`, 'hive-test', disk]);
  } catch {
    await rm(disk, { recursive: true });
    return { violations: 0, notes: 'not run: this user may not mount a small file system', isRun: false };
  }
  try {
    return await attempt(disk, async () => {
      const { bavail, bsize } = await statfs(disk);
      const ballast = join(disk, 'ballast');
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes[store])));
      return () => rm(ballast);
    });
  } finally {
    await runProgram('umount', [disk]);
    await rm(disk, { recursive: true });
  }
};

/** Writes until the disk is full; answers how many were acknowledged and what was said then. */
const writeUntilFull = async (store: Store): Promise<{ acknowledged: number; code: string }> => {
  for (let version = 0; ; version++) {
    try {
      await store.write(big(version));
    } catch (error) {
      return { acknowledged: version, code: codeOf(error) };
    }
  }
};

/** Of bytes by chance, so that it does not become small on the disk. */
const big = (version: number) =>
  sampleWrite('agent/a', version, { events: [{ data: { alert: randomBytes(15_000).toString('base64') } }] });

/** What is left to be shown once there is room: writing goes on with the next version, and all that was acknowledged is there. */
const resumes = async (store: Store, acknowledged: number): Promise<number> => {
  const back = performance.now();
  const isWritten = await holdsWithin(backWithinMs, async () => {
    const { status } = await store.write(big(acknowledged));
    // The write that met the full disk may have been done: its answer was lost, and it has another id.
    return status === 'written' || status === 'repeated' || status === 'version';
  });
  if (!isWritten) return Infinity;
  return performance.now() - back;
};

const verdict = async (store: Store, acknowledged: number, backMs: number, code: string): Promise<Tried> => {
  const { heads } = await store.heads(['agent/a']);
  const version = heads.get('agent/a')?.version ?? 0;
  const lost = Math.max(0, acknowledged - version);
  const broken = (await store.verify()).filter((report) => report.status === 'broken').length;
  const wrongCode = code === 'infra.disk' || code === 'store.unavailable' ? 0 : 1;
  return {
    isRun: true,
    violations: lost + broken + wrongCode + (backMs > backWithinMs ? 1 : 0),
    notes: `${acknowledged} acknowledged, then ${code}, ${lost} lost, writing again ${Math.round(backMs)} ms after there was room`,
  };
};

const trySqlite = async (disk: string, fill: () => Promise<() => Promise<void>>): Promise<Tried> => {
  const store = await openStore({ home: join(disk, 'home') });
  try {
    const makeRoom = await fill();
    const { acknowledged, code } = await writeUntilFull(store);
    await makeRoom();
    return await verdict(store, acknowledged, await resumes(store, acknowledged), code);
  } finally {
    await store.close();
  }
};

/** A full disk under the log of PostgreSQL ends the server, and it cannot start until there is room; whoever keeps it running starts it again. */
const tryPostgres = async (disk: string, fill: () => Promise<() => Promise<void>>): Promise<Tried> => {
  // Only the log of the server lies there, so it is the log that meets the full disk. The server runs as nobody.
  const log = join(disk, 'log');
  await chmod(disk, 0o755);
  await mkdir(log);
  await chown(log, nobody, nobody);
  const server = await startOwnPostgres({
    initdb: ['--wal-segsize=1', '--waldir', log],
    settings: ['max_wal_size=10GB', 'checkpoint_timeout=1h'],
  });
  const store = await openStore({ url: server.url, home: '' });
  try {
    const makeRoom = await fill();
    const { acknowledged, code } = await writeUntilFull(store);
    const isDead = await server.hasEnded();
    await makeRoom();
    if (isDead) await server.restart();
    const tried = await verdict(store, acknowledged, await resumes(store, acknowledged), code);
    return { ...tried, notes: `${tried.notes}${isDead ? ' (the server had ended itself)' : ''}` };
  } finally {
    await store.close();
    await server.stop();
  }
};
