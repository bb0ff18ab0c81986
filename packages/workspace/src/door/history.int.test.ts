import { expect, test } from 'vitest';
import { createTestRepo } from '../testing.ts';
import { historyOf } from './history.ts';
import { openRepo } from './repo.ts';

const subjects = async (root: string, range?: string, count?: number) =>
  (await historyOf(await openRepo(root), { range, count })).commits.map(({ subject }) => subject);

/** first - second - (merge of `side`: one, two) - third */
const withMerge = () => {
  const repo = createTestRepo({ 'a.txt': '1\n' });
  repo.commit({ 'a.txt': '2\n' }, 'second');
  repo.git('checkout', '-q', '-b', 'side');
  repo.commit({ 'b.txt': '1\n' }, 'one');
  repo.commit({ 'b.txt': '2\n', 'c\td.txt': '' }, 'two\twith a tab');
  repo.git('checkout', '-q', 'main');
  repo.git('merge', '-q', '--no-ff', '-m', 'merge side', 'side');
  repo.commit({ 'a.txt': '3\n' }, 'third');
  return repo;
};

test('the line of a branch is followed along first parents, and a merge is one change against the first', async () => {
  const repo = withMerge();
  const { commits, isShallow } = await historyOf(await openRepo(repo.root), { range: undefined, count: undefined });
  expect(isShallow).toBe(false);
  expect(commits.map(({ subject, isMerge, paths }) => [subject, isMerge, paths])).toEqual([
    ['third', false, ['a.txt']],
    ['merge side', true, ['b.txt', 'c\td.txt']],
    ['second', false, ['a.txt']],
    ['first', false, []],
  ]);
  expect(commits.at(-1)?.parent).toBeNull();
  expect(commits.slice(0, -1).map(({ parent }) => parent)).toEqual(commits.slice(1).map(({ commit }) => commit));
});

test('a range, a branch, a single commit and a count mean what git means by them', async () => {
  const { root, git } = withMerge();
  expect(await subjects(root, 'HEAD~2..HEAD')).toEqual(['third', 'merge side']);
  expect(await subjects(root, 'HEAD~2..')).toEqual(['third', 'merge side']);
  expect(await subjects(root, 'HEAD~1')).toEqual(['merge side']);
  expect(await subjects(root, 'HEAD', 3)).toEqual(['third', 'merge side', 'second']);
  expect(await subjects(root, undefined, 1)).toEqual(['third']);
  expect(await subjects(root, 'main')).toHaveLength(4);
  git('checkout', '-q', '-b', 'more', 'HEAD~2');
  expect(await subjects(root, 'side')).toEqual(['two\twith a tab', 'one']);
});

test('a range that cannot be gets one sentence', async () => {
  const { root } = withMerge();
  await expect(subjects(root, 'HEAD~9..HEAD')).rejects.toMatchObject({
    code: 'repo.base_unknown',
    message: expect.stringContaining('HEAD has 4 commits') as string,
  });
  await expect(subjects(root, 'nowhere')).rejects.toMatchObject({ code: 'repo.base_unknown' });
  await expect(subjects(root, 'HEAD..HEAD~2')).rejects.toThrow(/holds no commit/);
  await expect(subjects(root, 'HEAD...side')).rejects.toThrow(/three dots/);
  await expect(subjects(root, '--all')).rejects.toMatchObject({ code: 'repo.base_unknown' });
});
