import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestRepo, tempFolder } from '../testing.ts';
import { assertHomeOutside, checkedOut, openRepo, resolveBase } from './repo.ts';

test('a repository is found from any folder in it, from a linked worktree, and bare', async () => {
  const repo = createTestRepo({ 'a/b/c.txt': 'c\n' });
  const top = { root: repo.root, gitDir: join(repo.root, '.git'), head: repo.first, headRef: 'refs/heads/main' };
  expect(await openRepo(repo.root)).toEqual(top);
  expect(await openRepo(join(repo.root, 'a', 'b'))).toEqual(top);
  const linked = join(tempFolder(), 'linked');
  repo.git('worktree', 'add', '-q', '-b', 'other', linked);
  expect(await openRepo(linked)).toMatchObject({ root: linked, headRef: 'refs/heads/other', head: repo.first });
  const bare = join(tempFolder(), 'bare.git');
  repo.git('clone', '-q', '--bare', repo.root, bare);
  expect(await openRepo(bare)).toMatchObject({ root: bare, gitDir: bare, head: repo.first });
  repo.git('checkout', '-q', '--detach');
  expect((await openRepo(repo.root)).headRef).toBeNull();
  expect(await checkedOut(await openRepo(repo.root))).toEqual(['other']);
});

test('a folder without a repository, and one without commits, are refused by name', async () => {
  const folder = tempFolder();
  await expect(openRepo(folder)).rejects.toMatchObject({ code: 'repo.invalid' });
  await expect(openRepo(join(folder, 'absent'))).rejects.toMatchObject({ code: 'repo.invalid' });
  mkdirSync(join(folder, 'x', '.git'), { recursive: true });
  await expect(openRepo(join(folder, 'x'))).rejects.toMatchObject({ code: 'repo.invalid' });
  execFileSync('git', ['init', '-q', folder]);
  await expect(openRepo(folder)).rejects.toMatchObject({ code: 'repo.no_commits' });
});

test('a base is a commit, by any name; options and unknown names are refused', async () => {
  const made = createTestRepo();
  const second = made.commit({ b: 'b' });
  made.git('tag', '-a', '-m', 't', 'v1');
  const repo = await openRepo(made.root);
  expect(await resolveBase(repo, undefined)).toBe(second);
  for (const [name, sha] of [
    ['HEAD~1', made.first],
    ['main', second],
    ['v1', second],
    [made.first.slice(0, 8), made.first],
  ] as const)
    expect(await resolveBase(repo, name)).toBe(sha);
  for (const name of ['nope', '--all', '', 'HEAD:b', 'a..b'])
    await expect(resolveBase(repo, name), name).rejects.toMatchObject({ code: 'repo.base_unknown' });
});

test('a HIVE_HOME inside of the repository is refused, also through a link', async () => {
  const made = createTestRepo();
  const repo = await openRepo(made.root);
  await expect(assertHomeOutside(join(made.root, '.hive'), repo)).rejects.toMatchObject({ code: 'repo.invalid' });
  await expect(assertHomeOutside(made.root, repo)).rejects.toMatchObject({ code: 'repo.invalid' });
  await assertHomeOutside(join(made.root, '..', '..repo'), repo);
  await assertHomeOutside(`${made.root}-home`, repo);
});
