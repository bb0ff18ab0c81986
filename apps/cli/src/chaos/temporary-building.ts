import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig, type Env, type HiveConfig } from '@hive/config';
import { launch } from '../supervisor/launch.ts';
import { logPath } from '../supervisor/log-file.ts';

/** A building on a home of its own that takes orders to die, and is opened again whenever its supervisor is gone. */
export type TemporaryBuilding = {
  readonly config: HiveConfig;
  /** The supervisor's pid while the building is up. */
  pid(): number | null;
  /** Opens it unless it is up or being opened. Throws what keeps it from opening three times in a row without having been ordered. */
  keepOpen(wasOrdered: () => boolean): void;
  /** Throws what `keepOpen` met. */
  assertWell(): void;
  /** Ends it in order, and says whether it ended by itself within 20 seconds. */
  close(): Promise<boolean>;
};

const folders = (folder: string) => ({
  home: join(folder, 'home'),
  orders: join(folder, 'orders'),
  hits: join(folder, 'hits.jsonl'),
});

/** Where a run keeps its things below `folder`. */
export const chaosFolders = folders;

const closeMs = 20_000;
const failuresAllowed = 3;

/** Nothing of the user's Hive reaches it but programs and the way to models. */
const environment = (env: Env, folder: string, options: BuildingOptions): Env => ({
  ...env,
  HIVE_HOME: folders(folder).home,
  HIVE_CONFIG: undefined,
  HIVE_DATABASE_URL: options.database,
  HIVE_PORT: '0',
  HIVE_URL: undefined,
  HIVE_TOKEN: undefined,
  HIVE_TEST_MODE: '1',
  HIVE_FAILPOINTS: `@${folders(folder).orders}`,
  HIVE_FAILPOINT_LOG: folders(folder).hits,
  HIVE_TEST_LEASE_MS: String(options.leaseMs),
  HIVE_TEST_RESTART_MS: '50',
  NODE_COMPILE_CACHE: join(folder, 'compiled'),
});

/** `database` is the address of an empty PostgreSQL database; without it SQLite. */
export type BuildingOptions = { readonly database: string | undefined; readonly leaseMs: number };

/** A building below `folder`; nothing runs until it is opened. */
export const temporaryBuilding = async (
  env: Env,
  folder: string,
  options: BuildingOptions,
): Promise<TemporaryBuilding> => {
  const own = environment(env, folder, options);
  const config = await loadConfig({ env: own, cwd: folder, cloneRoot: null });
  let pid: number | null = null;
  let opening: Promise<void> | null = null;
  let failures = 0;
  let trouble: Error | null = null;

  const open = async (wasOrdered: () => boolean): Promise<void> => {
    try {
      const log = logPath(config.home, 'hive');
      const launched = await launch({ env: own, log, owner: 'launcher', args: ['--port', '0'], onNotice: () => {} });
      launched.leave();
      pid = launched.pid;
      failures = 0;
    } catch (error) {
      await delay(50); // until the hit that ended it was read
      if (!wasOrdered() && ++failures >= failuresAllowed)
        trouble = error instanceof Error ? error : new Error(String(error));
    } finally {
      opening = null;
    }
  };
  const isUp = () => pid !== null && isAlive(pid);

  return {
    config,
    pid: () => (isUp() ? pid : null),
    keepOpen: (wasOrdered) => {
      if (!isUp()) opening ??= open(wasOrdered);
    },
    assertWell: () => {
      if (trouble !== null) throw trouble;
    },
    close: async () => {
      await opening;
      if (pid === null) return true;
      const ended = signal(pid, 'SIGTERM') && (await gone(pid, closeMs));
      if (!ended) signal(pid, 'SIGKILL');
      return ended;
    },
  };
};

/** Sends a signal; false when there is nobody to send it to. */
export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
};

/** True while there is such a process. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const gone = async (pid: number, withinMs: number): Promise<boolean> => {
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(20)) if (!isAlive(pid)) return true;
  return false;
};
