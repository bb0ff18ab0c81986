import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readToken } from '@hive/config';
import type { Store } from '@hive/core-db';
import { openStore } from '@hive/core-db';

const root = join(import.meta.dirname, '../..');

/** A HIVE_HOME of its own with processes on it, started as a user starts them. */
export type OwnBuilding = {
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  /** A second look at the store, past every process. */
  readonly store: Store;
  /** A repository with one file in one commit. */
  repo(): Promise<string>;
  close(): Promise<void>;
};

const startMs = 60_000;

/** Starts a program of Hive, `hive up` or one app, and waits until its front desk answers. */
export const openOwnBuilding = async (
  program: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<OwnBuilding> => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-reliability-'));
  const home = join(folder, 'home');
  await mkdir(home);
  await writeFile(join(home, 'hive.yaml'), 'hive: { sandbox: { allowUnsandboxed: true }, disk: { floorGb: 0 } }\n');
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(root, program[0] ?? ''), ...program.slice(1)], {
    cwd: folder,
    env: { PATH, HOME, HIVE_HOME: home, HIVE_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const url = await addressIn(() => said);
    const store = await openStore({ home, readonly: true });
    let repos = 0;
    return {
      ...{ folder, url, store },
      token: readToken(home)?.reveal() ?? '',
      repo: async () => {
        const repo = join(folder, `repo-${++repos}`);
        await mkdir(repo);
        await writeFile(join(repo, 'a.txt'), 'one\n');
        const git = (...args: string[]) => promisify(execFile)('git', ['-C', repo, ...args]);
        await git('init', '-q', '-b', 'main');
        await git('add', '.');
        await git('-c', 'user.name=try', '-c', 'user.email=try@localhost', 'commit', '-qm', 'base');
        return repo;
      },
      close: async () => {
        await store.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
};

/** Whoever serves says where: an app in its log, the supervisor to people. */
const addressIn = async (said: () => string): Promise<string> => {
  for (const end = Date.now() + startMs; Date.now() < end;) {
    const [url] = /http:\/\/localhost:\d+/.exec(said()) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not start within ${startMs / 1000} s: ${said().slice(-500)}`);
};
