import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What must not be there any more: processes that were started with this home (on Linux, where that can be seen), and worktrees. */
export const leftBehind = async (home: string): Promise<string[]> => [
  ...(await processesOn(home)),
  ...(await worktreesOf(home)).map((path) => `worktree ${path}`),
];

/** The worktrees of a home, as `<incarnation>/<number>`. */
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
