import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Delivery, Workspace } from '../port.ts';
import { createTestRepo, createTestWorkspace, fingerprint, plain, tempFolder } from '../testing.ts';

const branch = 'hive/test-00000000';

const change = async (
  workspace: Workspace,
  repo: string,
  base: string,
  files: Record<string, string>,
): Promise<string> => {
  const tree = await workspace.open({ repo, base, ...plain });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(tree.dir, path), text);
  const made = await tree.commit({ subject: 'Change', trailers: {} });
  await tree.remove();
  if (!made) throw new Error('nothing was committed');
  return made.commit;
};

const delivery = (repo: string, from: string | null, to: string, more: Partial<Delivery> = {}): Delivery => ({
  repo,
  branch,
  from,
  to,
  into: null,
  move: 'task/1',
  notes: [
    {
      commit: to,
      evidence: {
        base: from ?? to,
        head: to,
        tree: to,
        patch: '0'.repeat(64),
        author: 'human',
        commands: [],
        redBefore: 'not_needed',
        greenAfter: true,
        checkedBy: { agent: 'a', host: 'h' },
        sandbox: 'none',
        at: '2026-01-01T00:00:00.000Z',
      },
    },
  ],
  ...more,
});

const hooks = [
  'post-receive',
  'reference-transaction',
  'post-checkout',
  'post-commit',
  'pre-commit',
  'update',
  'post-merge',
  'post-index-change',
  'fsmonitor-watchman',
];

test('but for its objects, branch and notes the repository of the user is untouched, and no hook or setting of it runs', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n', '.gitattributes': '* filter=evil diff=evil\n' });
  const proof = join(tempFolder(), 'ran');
  const evil = join(tempFolder(), 'evil');
  writeFileSync(evil, `#!/bin/sh\necho "$0" >> '${proof}'\nexit 1\n`, { mode: 0o755 });
  for (const hook of hooks)
    writeFileSync(join(user.root, '.git', 'hooks', hook), `#!/bin/sh\necho ${hook} >> '${proof}'\n`, { mode: 0o755 });
  for (const key of [
    'core.fsmonitor',
    'filter.evil.clean',
    'filter.evil.smudge',
    'diff.external',
    'diff.evil.command',
    'core.sshCommand',
    'gpg.program',
    'core.pager',
    'uploadpack.packObjectsHook',
  ])
    user.git('config', key, evil);
  user.git('config', 'commit.gpgSign', 'true');
  user.write({ 'dirty.txt': 'not committed\n', 'a.txt': 'changed\n' });
  const before = fingerprint(user.root);

  const { workspace } = createTestWorkspace();
  const first = await change(workspace, user.root, user.first, { 'b.txt': 'b\n' });
  await workspace.deliver(delivery(user.root, null, first));
  const second = await change(workspace, user.root, first, { 'c.txt': 'c\n' });
  await workspace.deliver(delivery(user.root, first, second));

  expect(existsSync(proof)).toBe(false);
  const after = fingerprint(user.root);
  const isNew = (path: string) => /^\.git\/(?:objects\/|refs\/heads\/hive\/|refs\/notes\/hive$)/.test(path);
  expect(Object.fromEntries(Object.entries(after).filter(([path]) => !isNew(path) || path in before))).toEqual(before);
  expect(user.git('for-each-ref', '--format=%(refname)').split('\n')).toEqual([
    'refs/heads/hive/test-00000000',
    'refs/heads/main',
    'refs/notes/hive',
  ]);
  expect(user.git('-c', 'core.fsmonitor=false', 'rev-parse', branch)).toBe(second);
  expect(JSON.parse(user.git('notes', '--ref=hive', 'show', first))).toMatchObject({ head: first, author: 'human' });
  expect(user.git('fsck', '--strict')).toBe('');
});

test('a delivery may be repeated from every state that a kill can leave', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace, home } = createTestWorkspace();
  const to = await change(workspace, user.root, user.first, { 'b.txt': 'b\n' });
  const request = delivery(user.root, null, to);
  await workspace.deliver(request);
  const done = user.git('for-each-ref');
  await workspace.deliver(request);
  expect(user.git('for-each-ref')).toBe(done);

  user.git('update-ref', '-d', 'refs/notes/hive');
  await workspace.deliver(request);
  expect(user.git('notes', '--ref=hive', 'show', to)).toContain(to);
  user.git('update-ref', '-d', `refs/heads/${branch}`);
  await workspace.deliver(request);
  // Another process, which remembers nothing.
  const other = createTestWorkspace({ home }).workspace;
  await other.deliver(request);
  expect(user.git('rev-parse', branch)).toBe(to);
  expect(user.git('notes', '--ref=hive', 'show', to)).toContain(to);
  const next = await change(other, user.root, to, { 'c.txt': 'c\n' });
  await other.deliver(delivery(user.root, to, next));
  await other.deliver(request);
  expect([user.git('rev-parse', branch), await other.tip(user.root, branch)]).toEqual([next, next]);
});

test('a move is made or given up, never both, whoever is faster', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace, home } = createTestWorkspace();
  const other = createTestWorkspace({ home }).workspace;
  const never = delivery(user.root, null, await change(workspace, user.root, user.first, { 'never.txt': 'x\n' }), {
    move: 'task/never',
  });
  expect(await other.giveUp(never)).toBe(true);
  await expect(workspace.deliver(never)).rejects.toMatchObject({ code: 'lease.lost' });
  expect(await workspace.tip(user.root, branch)).toBeNull();

  let from: string | null = null;
  for (let n = 0; n < 12; n++) {
    const to = await change(workspace, user.root, from ?? user.first, { [`${n}.txt`]: 'x\n' });
    const request = delivery(user.root, from, to, { move: `task/${n}` });
    const moving = workspace.deliver(request).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'lease.lost' });
        return false;
      },
    );
    await delay(n * 3);
    const isGivenUp = await other.giveUp(request);
    const isMoved = await moving;
    expect(isGivenUp).toBe(!isMoved);
    expect(await workspace.tip(user.root, branch)).toBe(isMoved ? to : from);
    expect(await other.giveUp(request)).toBe(isGivenUp);
    if (isMoved) from = to;
    else await expect(workspace.deliver(request)).rejects.toMatchObject({ code: 'lease.lost' });
  }
  const last = await change(workspace, user.root, from ?? user.first, { 'last.txt': 'x\n' });
  const made = delivery(user.root, from, last, { move: 'task/last' });
  await workspace.deliver(made);
  expect(await workspace.giveUp(made)).toBe(false);
  expect(user.git('rev-parse', branch)).toBe(last);
});

test('a move is known as made by a mirror that was lost and made again, also below what the user has put on top', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace, home } = createTestWorkspace();
  const to = await change(workspace, user.root, user.first, { 'b.txt': 'x\n' });
  const request = delivery(user.root, null, to);
  await workspace.deliver(request);
  user.git('checkout', '-q', branch);
  user.commit({ 'c.txt': 'mine\n' });
  user.git('checkout', '-q', 'main');
  rmSync(join(home, 'mirrors'), { recursive: true });
  expect(existsSync(join(home, 'mirrors'))).toBe(false);
  expect(await createTestWorkspace({ home }).workspace.giveUp(request)).toBe(false);
});

test('a branch that somebody else moved is not overwritten, and a checked-out one is not moved', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace } = createTestWorkspace();
  const to = await change(workspace, user.root, user.first, { 'b.txt': 'b\n' });
  await workspace.deliver(delivery(user.root, null, to));
  const next = await change(workspace, user.root, to, { 'c.txt': 'c\n' });
  user.git('checkout', '-q', branch);
  await expect(workspace.deliver(delivery(user.root, to, next))).rejects.toMatchObject({
    code: 'branch.checked_out',
    remedy: 'retry',
  });
  expect(user.git('status', '--porcelain')).toBe('');
  const theirs = user.commit({ 'mine.txt': 'm\n' });
  user.git('checkout', '-q', 'main');
  await expect(workspace.deliver(delivery(user.root, to, next))).rejects.toMatchObject({ code: 'infra.git' });
  expect(user.git('rev-parse', branch)).toBe(theirs);
  user.git('branch', '-m', branch, 'mine');
  await workspace.deliver(delivery(user.root, to, next));
  expect(user.git('rev-parse', branch)).toBe(next);
});

test('a commit that cannot be handed over does not become the tip that later changes are put on', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace } = createTestWorkspace();
  const to = await change(workspace, user.root, user.first, { 'b.txt': 'b\n' });
  await workspace.deliver(delivery(user.root, null, to));
  const next = await change(workspace, user.root, to, { 'c.txt': 'c\n' });
  const theirs = user.commit({ 'mine.txt': 'm\n' });
  user.git('update-ref', `refs/heads/${branch}`, theirs);
  await expect(workspace.deliver(delivery(user.root, to, next))).rejects.toMatchObject({ code: 'infra.git' });
  expect(await workspace.tip(user.root, branch)).toBe(to);
  expect(user.git('rev-parse', branch)).toBe(theirs);
});

test('the branch of `into` is only ever moved forward, on its line, and while nobody has it checked out', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace } = createTestWorkspace();
  const to = await change(workspace, user.root, user.first, { 'b.txt': 'b\n' });
  const deliver = async (name: string) =>
    (await workspace.deliver(delivery(user.root, null, to, { into: { branch: name, base: user.first } }))).into;
  expect(await deliver('main')).toBe(
    `main is checked out and was left alone; take the change there with: git merge --ff-only ${to}`,
  );
  expect(await deliver('absent')).toContain('does not exist');
  user.git('branch', 'target');
  const before = fingerprint(user.root);
  expect(await deliver('target')).toBe('moved');
  expect(await deliver('target')).toBe('moved');
  const changed = Object.entries(fingerprint(user.root))
    .filter(([path, hash]) => before[path] !== hash)
    .map(([path]) => path);
  expect(changed.filter((path) => !path.startsWith('.git/objects/')).sort()).toEqual([
    '.git/logs/refs/heads/target',
    '.git/refs/heads/target',
  ]);
  expect(user.git('rev-parse', 'target')).toBe(to);
  user.git('checkout', '-q', '-b', 'away', user.first);
  const away = user.commit({ 'd.txt': 'd\n' });
  user.git('checkout', '-q', 'main');
  expect(await deliver('away')).toContain('has moved off the line');
  expect(user.git('rev-parse', 'away')).toBe(away);
});

test('notes of workflows that deliver at the same time, from different homes, all arrive', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const homes = [createTestWorkspace(), createTestWorkspace()];
  const commits = await Promise.all(
    [0, 1, 2, 3].map(async (number) => {
      const { workspace } = homes[number % 2] ?? homes[0]!;
      const to = await change(workspace, user.root, user.first, { [`f${number}`]: 'x' });
      await workspace.deliver(delivery(user.root, null, to, { branch: `hive/n-${number}` }));
      return to;
    }),
  );
  const noted = user.git('notes', '--ref=hive', 'list').split('\n');
  expect(noted.map((line) => line.split(' ')[1]).toSorted()).toEqual(commits.toSorted());
  for (const commit of commits) expect(user.git('notes', '--ref=hive', 'show', commit)).toContain(commit);
});

test('packed refs, a linked worktree and a bare repository are delivered to alike', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  user.git('pack-refs', '--all');
  const linked = join(tempFolder(), 'linked');
  user.git('worktree', 'add', '-q', '-b', 'other', linked);
  const bare = join(tempFolder(), 'bare.git');
  mkdirSync(bare);
  user.git('clone', '-q', '--bare', user.root, bare);
  const { workspace } = createTestWorkspace();
  for (const root of [linked, bare]) {
    const to = await change(workspace, root, user.first, { 'b.txt': root });
    const into = root === bare ? 'moved' : null;
    expect(
      await workspace.deliver(delivery(root, null, to, { into: into && { branch: 'main', base: user.first } })),
    ).toEqual({ into });
    expect(user.git('--git-dir', root === bare ? bare : join(user.root, '.git'), 'rev-parse', branch)).toBe(to);
  }
});

test('what root delivers into the repository of somebody else belongs to them', async () => {
  if (process.getuid?.() !== 0) {
    process.stdout.write('owner of a delivery: not tested, the tests do not run as root\n');
    return;
  }
  const user = createTestRepo({ 'a.txt': 'a\n' });
  chmodSync(dirname(user.root), 0o755);
  execFileSync('chown', ['-R', '65534:65534', user.root]);
  const { workspace } = createTestWorkspace();
  const to = await change(workspace, user.root, user.first, { 'b.txt': 'b\n' });
  await workspace.deliver(delivery(user.root, null, to));
  const foreign = readdirSync(user.root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => lstatSync(join(user.root, path)).uid !== 65534,
  );
  expect(foreign).toEqual([]);
  expect(readFileSync(join(user.root, '.git', 'refs', 'heads', branch), 'utf8').trim()).toBe(to);
});
