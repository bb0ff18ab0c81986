import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '../../git/git.ts';
import { identityOf, isAlive } from '../../git/process-id.ts';
import { defaultLimits } from '../limits/limits.ts';
import type { Cell, Wrap, Wrapped } from './backend.ts';

/** A process may be killed while it probes, before anybody has heard of it; whoever probes next cleans up after it. */
const removeDeadProbes = async (worktrees: string): Promise<void> => {
  for (const name of await readdir(worktrees)) {
    const owner = /^probe-(\d+_[^_]+_[^-]+)-/.exec(name)?.[1]?.replaceAll('_', ' ');
    if (owner !== undefined && !isAlive(owner)) await rm(join(worktrees, name), { recursive: true, force: true });
  }
};

/** Runs the profile. Answers what is wrong with it, or null, and whether it can count processes. */
export const probe = async (
  { plain, counting }: { readonly plain: Wrap; readonly counting?: Wrap },
  home: string,
  owner: Owner | undefined,
): Promise<{ readonly broken: string | null; readonly countsProcesses: boolean }> => {
  const worktrees = join(home, 'worktrees');
  await mkdir(worktrees, { recursive: true });
  await removeDeadProbes(worktrees);
  const folder = await mkdtemp(join(worktrees, `probe-${identityOf(process.pid).replaceAll(' ', '_')}-`));
  try {
    const worktree = join(folder, 'tree');
    await mkdir(worktree);
    if (owner) {
      await chmod(folder, 0o755);
      await chown(worktree, owner.uid, owner.gid);
    }
    const outside = join(folder, 'outside');
    const script = 'touch "$1" 2>/dev/null; touch /usr/.hive-probe 2>/dev/null && exit 4; touch inside || exit 5';
    const env = { PATH: '/usr/bin:/bin', HIVE_STEP_GROUP: `probe.${process.pid}` };
    const cell: Cell = { worktree, network: 'none', limits: { ...defaultLimits, processes: 20 }, env };
    const run = (wrap: Wrap, text: string) => {
      return tried(wrap(['/bin/sh', '-c', text, 'probe', outside], cell), worktree, owner);
    };
    // Where processes are counted for the whole user, the first one may be refused; where they are not counted, none is.
    const forks = '(:) || exit 7; i=0; while [ $i -lt 40 ]; do sleep 9 & i=$((i+1)); done; exit 7';
    const [said, forked] = await Promise.all([run(plain, script), counting ? run(counting, forks) : null]);
    const broken = said ?? (existsSync(outside) ? 'a write outside of the worktree succeeded' : null);
    return {
      broken: broken ?? (existsSync(join(worktree, 'inside')) ? null : 'the worktree cannot be written'),
      countsProcesses: forked !== null && /fork|unavailable/i.test(forked),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What a program complained about in its last line; null when it ended well. */
const tried = async (
  { file, args, open = [], env, after }: Wrapped,
  cwd: string,
  owner: Owner | undefined,
): Promise<string | null> => {
  const files = open.map((path) => openSync(path, 'r'));
  const child = spawn(file, args, {
    env: env ?? { PATH: '/usr/bin:/bin' },
    cwd,
    timeout: 20_000,
    stdio: ['ignore', 'ignore', 'pipe', ...files],
    ...owner,
  });
  files.forEach(closeSync);
  const complaints: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk));
  const said = await new Promise<string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      const last = Buffer.concat(complaints).toString().trim().split('\n').at(-1);
      resolve(code === 0 ? null : last || `exit ${code ?? signal}`);
    });
  });
  await after?.();
  return said;
};
