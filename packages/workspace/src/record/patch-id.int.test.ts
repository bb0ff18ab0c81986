import { expect, test } from 'vitest';
import { openRepo } from '../door/repo.ts';
import { createTestRepo, tempFolder } from '../testing.ts';
import { deliveredPatch, patchIdOf, patchIds } from './patch-id.ts';

test('the same change elsewhere has the same id, another change another one', async () => {
  const user = createTestRepo({ 'a.txt': '1\n2\n3\n4\n5\n', 'b.bin': 'x\0y' });
  const change = user.commit({ 'a.txt': '1\n2\n3\n4\nfive\n', 'b.bin': 'x\0z' }, 'five');
  user.git('checkout', '-q', '-b', 'other', user.first);
  user.commit({ 'a.txt': '0\n0\n0\n1\n2\n3\n4\n5\n' }, 'zeros');
  user.git('cherry-pick', '--no-commit', change);
  const picked = user.commit({}, 'the same under another name');
  const more = user.commit({ 'a.txt': 'all new\n' }, 'more');
  const repo = await openRepo(user.root);
  const [first, second, third] = await Promise.all([change, picked, more].map((commit) => patchIdOf(repo, commit)));
  expect(first).toMatch(/^[0-9a-f]{40}$/);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(await patchIdOf(repo, user.first)).toBeNull();
  expect(await patchIdOf(repo, user.commit({}, 'nothing'))).toBeNull();
});

test('many patches are answered in their places, those that change nothing with null', async () => {
  const user = createTestRepo({ 'a.txt': '1\n' });
  const second = user.commit({ 'a.txt': '2\n' });
  const patch = await deliveredPatch('/nonexistent', { repo: user.root, from: user.first, to: second });
  const id = await patchIdOf(await openRepo(user.root), second);
  expect(await patchIds([Buffer.from(''), patch ?? Buffer.from(''), Buffer.from('no patch')])).toEqual([
    null,
    id,
    null,
  ]);
  expect(await patchIds([])).toEqual([]);
});

test('a patch whose commits nobody has any more is null', async () => {
  const user = createTestRepo();
  const lost = { from: user.first, to: '0'.repeat(40) };
  expect(await deliveredPatch(tempFolder(), { repo: user.root, ...lost })).toBeNull();
  expect(await deliveredPatch(tempFolder(), { repo: '/nonexistent', ...lost })).toBeNull();
});
