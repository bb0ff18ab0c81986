import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What must not be there any more: processes that were started with this home (on Linux, where that can be seen), and worktrees but those
 * that are kept for `tasks`.
 */
export const leftBehind = async (home: string, tasks: ReadonlySet<string>): Promise<string[]> => {
  const isKept = (path: string) => path.startsWith('kept/') && tasks.has(path.slice('kept/'.length));
  const worktrees = (await worktreesOf(home)).filter((path) => !isKept(path));
  return [...(await processesOn(home)), ...worktrees.map((path) => `worktree ${path}`)];
};

/** The worktrees of a home, as `<incarnation>/<number>`, and `kept/<task>` those that people may want to look into. */
export const worktreesOf = async (home: string): Promise<string[]> => {
  const folders = await readdir(join(home, 'worktrees'), { withFileTypes: true }).catch(() => []);
  const lists = folders
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) =>
      (await readdir(join(home, 'worktrees', name)).catch(() => [])).map((it) => `${name}/${it}`),
    );
  return (await Promise.all(lists)).flat();
};

const processesOn = async (home: string): Promise<string[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const env = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!env.split('\0').includes(`HIVE_HOME=${home}`)) return [];
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    return [`process ${pid} ${command}`];
  });
  return (await Promise.all(found)).flat();
};
