/**
 * How Hive does on a large repository: `node tools/bench/repository/main.ts [--files 100000] [--commits 10000] [--worktrees 8] [--in DIR]`.
 * Generates it once, prints the figures as one JSON document, and keeps only the repository (in DIR, when it was named).
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createWorkspace, sizeOf } from '@hive/workspace';
import { generateRepository, pathOf } from './generate.ts';
import { runGit } from './run-git.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    commits: { type: 'string', default: '10000' },
    worktrees: { type: 'string', default: '8' },
    in: { type: 'string' },
  },
});
const scale = { files: Number(values.files), commits: Number(values.commits) };
const atOnce = Number(values.worktrees);

const scratch = await mkdtemp(join(tmpdir(), 'hive-bench-'));
const repo = values.in ?? join(scratch, 'repository');
const home = join(scratch, 'home');
const figures: Record<string, number> = {};
const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const begun = performance.now();
  const result = await work();
  figures[`${name}Ms`] = Math.round(performance.now() - begun);
  return result;
};

const { signal } = new AbortController();
const loadBefore = loadavg()[0];
try {
  const isThere = await stat(join(repo, '.git')).catch(() => null);
  if (!isThere) await timed('generate', () => generateRepository(repo, scale));
  const base = await runGit(repo, ['rev-parse', 'HEAD']);
  const workspace = createWorkspace({
    home,
    artefacts: { put: () => Promise.resolve('0'.repeat(64)), get: () => Promise.resolve(new Uint8Array()) },
    sandbox: { mode: 'none', allowUnsandboxed: true },
    agent: 'bench',
    incarnation: '0199c0de-0000-7000-8000-000000000000',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  const open = () => workspace.open({ repo, base, setup: null, modelAuthored: false, passEnv: [], signal });

  await timed('firstMirrorAndWorktree', open);
  const tree = await timed('worktree', open);
  await writeFile(join(tree.dir, pathOf(scale.files >> 1)), 'another line\n');
  await timed('changedPathsAfterOneEdit', () => tree.changedPaths());
  await timed('changedPathsAgain', () => tree.changedPaths());
  await timed('commit', () => tree.commit({ subject: 'Edit', trailers: {} }));
  await timed('firstCommand', () => tree.run(['true'], { timeoutMs: 600_000, signal }));
  await timed('changedPathsAfterFirstCommand', () => tree.changedPaths());
  await timed('secondCommand', () => tree.run(['true'], { timeoutMs: 600_000, signal }));
  await timed('remove', () => tree.remove());
  const before = (await sizeOf(home)).bytes;
  const [one] = await timed('worktreesAtOnce', () => Promise.all(Array.from({ length: atOnce }, open)));
  const checkout = (await sizeOf(one?.dir ?? '')).bytes;
  const perWorktree = ((await sizeOf(home)).bytes - before) / atOnce;
  const disk = {
    checkoutMb: Math.round(checkout / 1e6),
    perWorktreeOfCheckout: Number((perWorktree / checkout).toFixed(3)),
  };
  const load = { before: loadBefore, after: loadavg()[0], processors: availableParallelism() };
  process.stdout.write(`${JSON.stringify({ ...scale, atOnce, ...figures, ...disk, load }, null, 2)}\n`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
