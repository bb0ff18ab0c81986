import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from '../git/lock.ts';
import { openMirror } from '../git/mirror.ts';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder } from '../testing.ts';
import { clear } from './clear.ts';
import { setMark, takeMark, touchMark } from './mark.ts';
import { isOwnerAlive, ownerFile, signWorktrees } from './owners.ts';
import { removeStaleLocks } from './stale-locks.ts';
import { takeStock, type Kind } from './stock.ts';
import { discard } from './trash.ts';

const old = new Date(Date.now() - 10 * 86_400_000);
const because = 'test';

/** The only thing of its kind. */
const only = async (home: string, kind: Kind) => {
  const found = (await takeStock(home)).filter((item) => item.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
};

test('a mark that was touched since it was seen is not taken', async () => {
  const mark = join(tempFolder(), 'mark');
  expect(await touchMark(mark)).toBeNull();
  await setMark(mark, 'one');
  utimesSync(mark, old, old);
  expect(await touchMark(mark)).toBe('one');
  expect(await takeMark(mark, old.getTime())).toBe(false);
  expect(await touchMark(mark)).toBe('one');
  expect(await takeMark(mark, Date.now() + 1000)).toBe(true);
  expect(await touchMark(mark)).toBeNull();
});

test('a setup that was used since it was chosen, or that somebody holds, stays whole', async () => {
  const { workspace, home } = createTestWorkspace();
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const setup = { argv: ['sh', '-c', 'mkdir made && echo x > made/x'], lockfile: null, source: 'given' as const };
  const open = () => workspace.open({ repo: repo.root, base: repo.first, ...plain, setup });
  const tree = await open();
  const item = await only(home, 'cache');
  expect(item).toMatchObject({ isInUse: true, isWhole: true });
  await tree.remove();
  expect((await only(home, 'cache')).isInUse).toBe(false);

  await (await open()).remove();
  expect(await clear(home, { item, because })).toBe(false);
  const again = await only(home, 'cache');
  expect(await withLock(`${again.path}.lock`, () => clear(home, { item: again, because }))).toBe(false);
  expect(await clear(home, { item: again, because })).toBe(true);
  expect(existsSync(again.path)).toBe(false);

  const made = await open();
  expect(readdirSync(join(made.dir, 'made'))).toEqual(['x']);
  await made.remove();
});

test('a mirror that was removed is made again under the hands of those who use it, and knows what was delivered', async () => {
  const { workspace, home } = createTestWorkspace();
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain });
  await tree.run(['sh', '-c', 'echo b > a.txt'], { timeoutMs: 10_000, signal: calm });
  const made = await tree.commit({ subject: 'b', trailers: {} });
  await tree.remove();
  const proof = await workspace.prove({
    ...{ repo: repo.root, base: repo.first, head: made!.commit, author: 'human', checks: [], setup: null },
    ...{ tests: undefined, redBefore: 'not_needed', timeoutMs: 1000, passEnv: [], agent: 'a', signal: calm },
  });
  const branch = 'hive/b-00000000';
  const notes = [{ commit: made!.commit, evidence: proof.evidence }];
  const delivery = { repo: repo.root, branch, from: null, to: made!.commit, move: 'task/1', notes, into: null };
  await workspace.deliver(delivery);

  expect(await clear(home, { item: await only(home, 'mirror'), because })).toBe(true);
  expect(await workspace.tip(repo.root, branch)).toBe(made!.commit);
  const next = await workspace.open({ repo: repo.root, base: made!.commit, ...plain });
  expect(await next.changedPaths()).toEqual([]);
  await next.remove();
  expect(await workspace.tip(repo.root, 'hive/nothing-00000000')).toBeNull();
});

test('a lock that a killed git left is removed, and never one while a git is at it', async () => {
  const repo = createTestRepo();
  const home = tempFolder();
  const { gitDir } = await openMirror(home, repo.root);
  const leave = () => {
    mkdirSync(join(gitDir, 'refs', 'heads', 'hive'), { recursive: true });
    const lock = join(gitDir, 'refs', 'heads', 'hive', 'x.lock');
    writeFileSync(lock, '');
    utimesSync(lock, old, old);
    return lock;
  };
  const lock = leave();
  const git = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', `--git-dir=${gitDir}`]);
  await once(git, 'spawn');
  expect(await removeStaleLocks(home, gitDir)).toEqual([]);
  expect(existsSync(lock)).toBe(true);
  git.kill('SIGKILL');
  await once(git, 'exit');
  await signWorktrees(home, 'a', 'another-machine');
  expect(await removeStaleLocks(home, gitDir)).toEqual([]);
  await signWorktrees(home, 'a');
  expect(await removeStaleLocks(home, gitDir)).toEqual([lock]);
  leave();
  expect(await withLock(`${gitDir}.lock`, () => removeStaleLocks(home, gitDir))).toEqual([]);
  const { workspace } = createTestWorkspace({ home });
  await workspace.cleanUp('0199c0de-0000-7000-8000-000000000000');
  expect(existsSync(lock)).toBe(false);
});

test('a red check keeps the worktree of the head for a look, in place of the one before', async () => {
  const { workspace, home, incarnation } = createTestWorkspace();
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const head = repo.commit({ 'a.txt': 'b\n' });
  const prove = (argv: string[]) =>
    workspace.prove({
      ...{ repo: repo.root, base: repo.first, head, author: 'human', setup: null, keepRedAs: 'task-1' },
      checks: [{ name: 'check', argv, source: 'given' }],
      ...{ tests: undefined, redBefore: 'not_needed', timeoutMs: 10_000, passEnv: [], agent: 'a', signal: calm },
    });
  await prove(['true']);
  expect((await takeStock(home)).filter(({ kind }) => kind === 'kept')).toEqual([]);
  for (const argv of [['false'], ['sh', '-c', 'echo found > out; exit 1']]) await prove(argv);
  const kept = await only(home, 'kept');
  expect(kept.name).toBe('task-1');
  expect(readdirSync(join(kept.path, 'tree')).sort()).toEqual(['a.txt', 'out']);
  expect(kept.usedAt).toBeGreaterThan(Date.now() - 60_000);
  expect(readdirSync(join(home, 'worktrees', incarnation))).toEqual([]);
  expect(readdirSync(join(home, 'trash'))).toEqual([]);
});

test('a process of another machine counts as running for a day', async () => {
  const home = tempFolder();
  await signWorktrees(home, 'here');
  await signWorktrees(home, 'there', 'another-machine');
  for (const name of ['here', 'there', 'nobody']) expect(await isOwnerAlive(home, name)).toBe(name !== 'nobody');
  for (const name of ['here', 'there']) utimesSync(ownerFile(home, name), old, old);
  for (const name of ['here', 'there']) expect(await isOwnerAlive(home, name)).toBe(name === 'here');
});

const count = (folder: string): number | null => {
  try {
    return readdirSync(folder).length;
  } catch {
    return null; // it left between two looks
  }
};

test('what is thrown away is there whole, or not at all', async () => {
  const home = tempFolder();
  const path = join(home, 'thing');
  mkdirSync(path);
  for (let n = 0; n < 300; n++) writeFileSync(join(path, `${n}`), '');
  const done = discard(home, path);
  const seen = new Set<number>();
  for (let left = count(path); left !== null; left = count(path)) {
    seen.add(left);
    await new Promise((turn) => setImmediate(turn));
  }
  expect([...seen].filter((left) => left < 300)).toEqual([]);
  expect(await done).toBe(true);
  expect(readdirSync(join(home, 'trash'))).toEqual([]);
  expect(await discard(home, path)).toBe(false);
});
