import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { createDeskClient, type Desk, type HiveEvent, type Result } from '@hive/events';

const root = join(import.meta.dirname, '..');
const program = join(root, 'hive');

/** For programs that are started from their sources: stripping types and compiling them takes longer than most of what they do. */
export const compiledOnce = { NODE_COMPILE_CACHE: join(tmpdir(), 'hive-e2e-compiled') };

/** What a command printed and how it ended. */
export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A HIVE_HOME of its own, and the `hive` command on it, as a user types it. */
export type Home = {
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  hive(...args: string[]): Promise<Ended>;
  /** The one JSON document of a command; throws what it printed when there is none. */
  json<T>(...args: string[]): Promise<T>;
  /** `hive up` as a process; resolves when it answers. */
  up(): Promise<Building>;
  /** The front desk of what runs on the home, for looking often: starting a command takes longer than most of what is looked for. */
  desk(): Promise<Desk>;
  /** A repository with these files in one commit on `main`. */
  repo(files: Readonly<Record<string, string>>): Promise<string>;
  git(repo: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
};

/** A running `hive up`. */
export type Building = {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
};

const run = (file: string, args: readonly string[], options: { cwd?: string; env: Home['env'] }): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });

/** Makes a home. `more` is added to the environment; nothing of the test runner's own reaches Hive but PATH, HOME and the like. */
export const makeHome = async (more: Home['env'] = {}): Promise<Home> => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-e2e-'));
  const home = join(folder, 'home');
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  const env = { PATH, HOME, LANG, TMPDIR, CI: 'true', HIVE_HOME: home, HIVE_PORT: '0', ...more };
  const started: ChildProcess[] = [];
  const hive: Home['hive'] = (...args) => run(program, args, { cwd: folder, env });
  const git: Home['git'] = async (repo, ...args) => {
    const ended = await run('git', ['-C', repo, '-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost', ...args], {
      env,
    });
    if (ended.code !== 0) throw new Error(ended.stderr);
    return ended.stdout.trim();
  };
  const desk: Home['desk'] = async () => {
    const { url } = JSON.parse(await readFile(join(home, 'run.json'), 'utf8')) as { url: string };
    return createDeskClient({ url, token: (await readFile(join(home, 'token'), 'utf8')).trim() });
  };
  const answers = async (): Promise<boolean> => {
    try {
      return (await (await desk()).health()).head >= 0;
    } catch {
      return false;
    }
  };
  return {
    folder,
    home,
    env,
    hive,
    git,
    desk,
    json: async <T>(...args: string[]) => {
      const ended = await hive(...args, '--json');
      try {
        return JSON.parse(ended.stdout) as T;
      } catch {
        throw new Error(`hive ${args.join(' ')} printed no JSON: ${ended.code} ${ended.stdout} ${ended.stderr}`);
      }
    },
    up: async () => {
      const child = spawn(program, ['up'], { cwd: folder, env, stdio: 'ignore' });
      started.push(child);
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await until('hive up answers', answers);
      return {
        pid: child.pid ?? 0,
        exited,
        stop: async () => {
          child.kill('SIGTERM');
          await exited;
        },
      };
    },
    repo: async (files) => {
      const repo = await mkdtemp(join(folder, 'repo-'));
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(repo, path)), { recursive: true });
        await writeFile(join(repo, path), text);
      }
      await commitAll({ folder, git }, repo);
      return repo;
    },
    remove: async () => {
      for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
      await until('all processes of the home are gone', async () => (await processesOf(home)).length === 0);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Waits until it holds; says what did not come when it does not within a minute. */
export const until = async (what: string, holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> => {
  for (const end = Date.now() + timeoutMs; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain: ${what}`);
};

/** Stops a process of a home on SQLite where it does not hold the store: within a transaction it would keep everybody else from writing. */
export const standStill = async (home: string, pid: number): Promise<void> => {
  await until('a process stands still between its transactions', () => {
    process.kill(pid, 'SIGSTOP');
    if (isFree(join(home, 'hive.db'))) return Promise.resolve(true);
    process.kill(pid, 'SIGCONT');
    return Promise.resolve(false);
  });
};

const isFree = (file: string): boolean => {
  const store = new Database(file, { timeout: 0 });
  try {
    store.exec('begin immediate; rollback');
    return true;
  } catch {
    return false;
  } finally {
    store.close();
  }
};

/** The processes that were started with this HIVE_HOME or one below it, with what each runs (Linux). */
export const processesOf = async (home: string): Promise<{ pid: number; command: string; env: string }[]> => {
  const found: { pid: number; command: string; env: string }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const env = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (!env.split('\0').some((it) => it === `HIVE_HOME=${home}` || it.startsWith(`HIVE_HOME=${home}/`))) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    found.push({ pid: Number(name), command, env });
  }
  return found;
};

/** The pid of the process of one agent of a home. */
export const agentPid = async (home: string, agent: string): Promise<number | undefined> => {
  const all = await processesOf(home);
  const found = all.find(
    ({ command, env }) => env.split('\0').includes(`HIVE_AGENT_NAME=${agent}`) && /apps\/\S+\/main/.test(command),
  );
  return found?.pid;
};

const outcome = ({ key, status, code }: { key: string; status: string; code: string | null }): string =>
  [key, status, code].filter(Boolean).join(' ');

/** How each task ended, as `key status code`. */
export const outcomes = (result: Result): string[] => result.tasks.map(outcome);

const commitAll = async (home: Pick<Home, 'folder' | 'git'>, repo: string): Promise<void> => {
  await home.git(home.folder, 'init', '-q', '-b', 'main', repo);
  await home.git(repo, 'add', '.');
  await home.git(repo, 'commit', '-qm', 'base');
};

/** Whether anything of this type has happened in a workflow, asked of the front desk of a running building. */
export const hasHappened =
  (home: Home, workflow: string, type: HiveEvent['type']): (() => Promise<boolean>) =>
  async () =>
    (await (await home.desk()).trace(workflow)).some((event) => event.type === type);

/** All events of a workflow. */
export const traceOf = (home: Home, workflow: string): Promise<HiveEvent[]> =>
  home.json<HiveEvent[]>('trace', workflow);

const exampleFolder = join(root, 'examples/almanac');

/** The bundled example: its plan, how each task must end, and its library as a repository of the home. */
export const example = {
  plan: join(exampleFolder, 'plan.yaml'),
  expected: async (): Promise<string[]> => {
    const text = await readFile(join(exampleFolder, 'expected.json'), 'utf8');
    const tasks = JSON.parse(text) as { key: string; status: string; code: string | null }[];
    return tasks.map(outcome);
  },
  repo: async (home: Home): Promise<string> => {
    const repo = join(home.folder, 'almanac');
    await cp(join(exampleFolder, 'library'), repo, { recursive: true });
    await commitAll(home, repo);
    return repo;
  },
};
