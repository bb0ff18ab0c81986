import { createHash } from 'node:crypto';
import { mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCachesOf, cacheEnv, copyCaches, type BuildCache } from './build-caches.ts';
import { splitPath } from './command/environment.ts';
import { findProgram } from './command/find-program.ts';
import { runCommand, type Surroundings } from './command/runner.ts';
import { setMark, touchMark } from './disk/mark.ts';
import { withLock } from './git/lock.ts';
import { removeFolder } from './remove-folder.ts';

/** What tools have compiled of themselves, for commands whose setup brought nothing of the kind. */
export type Toolchain = {
  /** Copies it into a folder that commands may write, and answers where the tools find it. */
  copyCaches(folder: string): Promise<Readonly<Record<string, string>>>;
};

const warmUpMs = 10 * 60 * 1000;

/**
 * Has the tools that these commands call compile what comes with them, once for each version of a tool and with nothing of any repository in reach.
 * Null where none of them keeps such a thing. A tool that is missing or does not work leaves its cache empty: its checks will say so.
 */
export const prepareToolchain = async (
  around: Surroundings,
  home: string,
  { argvs, signal }: { readonly argvs: readonly (readonly string[])[]; readonly signal: AbortSignal },
): Promise<Toolchain | null> => {
  const wanted = [...new Set(argvs.flatMap(buildCachesOf))];
  if (wanted.length === 0) return null;
  const made = await Promise.all(
    wanted.map(async (cache) => ({ cache, from: await compile(around, home, cache, signal) })),
  );
  return {
    copyCaches: async (folder) => {
      // It may be collected while it is copied, and a part of a cache is one, too.
      for (const { cache, from } of made) await copyCaches([cache], from, folder).catch(() => undefined);
      return cacheEnv(wanted, folder);
    },
  };
};

/** The folder with the cache of a tool, beside the setups and kept as they are. */
const compile = async (around: Surroundings, home: string, cache: BuildCache, signal: AbortSignal): Promise<string> => {
  const version = await versionOf(around, cache);
  const key = createHash('sha256')
    .update(JSON.stringify(['toolchain', cache.name, version, around.sandbox.state.kind]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(home, 'setup', key);
  const done = join(folder, 'done.json');
  const build = join(folder, 'home', 'build');
  if ((await touchMark(done)) !== null) return build;
  await mkdir(join(home, 'setup'), { recursive: true });
  await withLock(
    `${folder}.lock`,
    async () => {
      if ((await touchMark(done)) !== null) return;
      await removeFolder(folder);
      const tree = join(folder, 'tree');
      await mkdir(tree, { recursive: true });
      await mkdir(join(build, cache.name), { recursive: true });
      for (const [path, text] of Object.entries(cache.sample)) await writeFile(join(tree, path), text);
      await runCommand(around, {
        ...{ argv: cache.warmUp, worktree: tree, scratch: folder, home: join(folder, 'home'), readOnly: [] },
        ...{ passEnv: [], extra: cacheEnv([cache], build), network: 'none', timeoutMs: warmUpMs, signal },
      });
      await setMark(done, JSON.stringify({ paths: [], egress: [] }));
    },
    signal,
  );
  return build;
};

/** Which program it is: an upgrade is another file, or the same one with another time. */
const versionOf = async ({ env }: Surroundings, { warmUp: [name = ''] }: BuildCache): Promise<string> => {
  const program = await findProgram(name, splitPath(env['PATH']).kept, '/');
  if (program === null) return 'of the sandbox';
  const file = await realpath(program);
  const { mtimeMs, size } = await stat(file);
  return `${file} ${size} ${mtimeMs}`;
};
