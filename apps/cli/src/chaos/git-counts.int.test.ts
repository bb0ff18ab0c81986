import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countInGit } from './git-counts.ts';

let repo: string;
let base: string;
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
    encoding: 'utf8',
  }).trim();

beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), 'hive-git-counts-'));
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'base');
  base = git('rev-parse', 'HEAD');
  git('checkout', '-q', '-b', 'hive/x');
});
afterEach(() => rmSync(repo, { recursive: true }));

const merge = (task: string, options: { noted: boolean }): void => {
  writeFileSync(join(repo, `${task}-${Math.random()}`), '');
  git('add', '.');
  git('commit', '-q', '-m', `${task}\n\nHive-Task: ${task}`);
  if (options.noted) git('notes', '--ref', 'hive', 'add', '-m', 'evidence');
};

/** Only what is compared with git. */
const said = (...merged: string[]) =>
  countInGit(repo, {
    base,
    branch: 'hive/x',
    tasks: merged.map((id) => ({ id, key: id, status: 'merged' })) as unknown as Result['tasks'],
  });

test('one commit and one note for each merged task is what has to be', async () => {
  expect(await said()).toEqual({ lost: [], doubled: [] });
  merge('a', { noted: true });
  expect(await said('a')).toEqual({ lost: [], doubled: [] });
});

test('a merge without a commit, and a commit without a note, are lost', async () => {
  merge('a', { noted: false });
  const { lost } = await said('a', 'b');
  expect(lost).toEqual(['b is merged, and no commit says so', expect.stringContaining('no note for')]);
});

test('two commits of a task, and a commit of none, are doubled', async () => {
  merge('a', { noted: true });
  merge('a', { noted: true });
  expect((await said('a')).doubled).toEqual([
    'two commits of task a',
    '2 commits of 1 merged tasks',
    '2 notes of 1 merged tasks',
  ]);
  expect((await said()).doubled).toContain('2 commits of 0 merged tasks');
});
