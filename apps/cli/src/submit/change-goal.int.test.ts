import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HiveConfig } from '@hive/config';
import { expect, onTestFinished, test } from 'vitest';
import { changeGoal } from './change-goal.ts';

const config = { remote: { url: null } } as HiveConfig;

test('a commit without a parent is named when --base says what to compare it with', async () => {
  const repo = mkdtempSync(join(tmpdir(), 'hive-goal-'));
  onTestFinished(() => rmSync(repo, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], { cwd: repo });
  const commit = (text: string) => {
    writeFileSync(join(repo, 'a.txt'), text);
    git('add', '.');
    git('commit', '-q', '-m', `Write ${text}`);
  };
  git('init', '-q', '-b', 'main');
  commit('one');
  git('checkout', '-q', '--orphan', 'alone');
  commit('two');
  expect(await changeGoal(config, repo, { name: 'HEAD', base: 'main' })).toBe('Write two');
  await expect(changeGoal(config, repo, { name: 'HEAD', base: undefined })).rejects.toThrow(/name one with --base$/);
});
