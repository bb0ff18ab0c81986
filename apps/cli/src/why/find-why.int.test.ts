import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import type { Why } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { findWhy } from './find-why.ts';

/** A repository with two commits, and a desk that knows what it is told. */
const openAsking = (known: (git: (...args: string[]) => string) => readonly string[]) => {
  const repo = mkdtempSync(join(tmpdir(), 'hive-why-'));
  onTestFinished(() => rmSync(repo, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], {
      cwd: repo,
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  for (const text of ['one', 'two']) {
    writeFileSync(join(repo, 'a.txt'), text);
    git('add', '--all');
    git('commit', '-q', '-m', text);
  }
  const names = known(git);
  const questions: string[] = [];
  const why = (text: string): Promise<Why> => {
    questions.push(text);
    if (names.includes(text)) return Promise.resolve({ workflow: { goal: text } } as Why);
    return Promise.reject(new HiveError('input.unknown_id', `no ${text}`));
  };
  const ask = (what: string, where: { cwd?: string; repo?: string } = {}) =>
    findWhy({ why }, what, { cwd: where.cwd ?? repo, repo: where.repo });
  return { repo, git, ask, questions };
};

test('what the log knows needs no repository', async () => {
  const { ask } = openAsking(() => ['1a2b3c4d']);
  expect(await ask('1a2b3c4d', { cwd: '/' })).toMatchObject({ commit: null });
  await expect(ask('main', { cwd: '/' })).rejects.toMatchObject({ message: 'no main' });
  await expect(ask('main', { repo: '/' })).rejects.toMatchObject({ code: 'repo.invalid' });
});

test('any name that git knows is asked for as the commit that it means', async () => {
  const { ask, git } = openAsking((git) => [git('rev-parse', 'HEAD~1')]);
  const commit = git('rev-parse', 'HEAD~1');
  for (const name of ['HEAD~1', 'main^', commit.slice(0, 5)]) expect(await ask(name)).toMatchObject({ commit });
});

test('a commit that the log does not know is asked for by its change, and is told as unknown with what git knows', async () => {
  const { ask, git, questions } = openAsking(() => []);
  const commit = git('rev-parse', 'HEAD');
  await expect(ask('HEAD')).rejects.toMatchObject({ message: expect.stringContaining(commit.slice(0, 12)) as string });
  expect(questions).toEqual(['HEAD', commit, expect.stringMatching(/^patch:[0-9a-f]{40}$/) as string]);
});

test('a commit that another Hive merged is told by its note', async () => {
  const { ask, git } = openAsking(() => []);
  const evidence = {
    ...{ base: 'a'.repeat(40), head: 'b'.repeat(40), tree: 'c'.repeat(40), patch: 'd'.repeat(64), author: 'human' },
    ...{ commands: [], redBefore: 'red', greenAfter: true, checkedBy: { agent: 'w', host: 'h' }, sandbox: 'none' },
    at: '2026-01-01T00:00:00Z',
  };
  git('notes', '--ref=hive', 'add', '-m', JSON.stringify(evidence), 'HEAD');
  expect(await ask('main')).toMatchObject({ answer: null, subject: 'two', evidence: { author: 'human' } });
});
