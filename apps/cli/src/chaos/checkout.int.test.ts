import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { changedIn, makeDirty, readCheckout } from './checkout.ts';

test('whatever of a checkout is touched is named; branches and notes of Hive are its own', async () => {
  const repo = mkdtempSync(join(tmpdir(), 'hive-checkout-'));
  onTestFinished(() => rmSync(repo, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
  git('init', '-q', '-b', 'main');
  writeFileSync(join(repo, 'a.txt'), 'one\n');
  git('add', '.');
  git('commit', '-qm', 'base');
  await makeDirty(repo);
  expect(git('status', '--porcelain').toString()).toBe(' M a.txt\nA  staged.txt\n?? untracked.txt\n');
  const before = await readCheckout(repo);
  const changed = async () => changedIn(before, await readCheckout(repo));

  git('update-ref', 'refs/heads/hive/x', 'HEAD');
  git('notes', '--ref', 'hive', 'add', '-m', 'evidence');
  expect(await changed()).toEqual([]);

  git('branch', 'other');
  git('worktree', 'add', '-q', '--detach', join(repo, '../', `${repo.split('/').at(-1) ?? ''}-tree`));
  onTestFinished(() => rmSync(`${repo}-tree`, { recursive: true }));
  git('config', 'core.editor', 'ed');
  writeFileSync(join(repo, '.git/hooks/post-merge'), '');
  chmodSync(join(repo, '.git/hooks/post-merge'), 0o755);
  git('reset', '-q', '--hard');
  expect(await changed()).toEqual(
    expect.arrayContaining([
      '.git/config',
      '.git/hooks/post-merge',
      '.git/index',
      'a.txt',
      'refs/heads/other',
      'staged.txt',
    ]),
  );
  expect((await changed()).some((name) => name.startsWith('.git/worktrees/'))).toBe(true);
});
