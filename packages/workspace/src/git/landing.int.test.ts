import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createTestRepo, createTestWorkspace } from '../testing.ts';

const branch = 'hive/test-00000000';
const setUp = () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace } = createTestWorkspace();
  const landing = (base: string, into = 'release') =>
    workspace.landing({ repo: user.root, branch, base, into, merged: [] });
  return { user, landing };
};

/** So many commits on top of another, each with a file of its own that says `text`; answers the last. */
const grow = (root: string, from: string, { count, text }: { readonly count: number; readonly text: string }) => {
  const commits = Array.from({ length: count }, (_, n) => [
    `commit refs/heads/grown\ncommitter A <a@example.org> ${1_700_000_000 + n} +0000`,
    `data 4\n${text.padEnd(4)}${n === 0 ? `\nfrom ${from}` : ''}`,
    `M 100644 inline f${n}\ndata 2\nx\n`,
  ]);
  execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: root, input: `${commits.flat().join('\n')}\n` });
  return execFileSync('git', ['rev-parse', 'grown'], { cwd: root, encoding: 'utf8' }).trim();
};

test('a branch that is not there, or that has not moved on, changes nothing', async () => {
  const { user, landing } = setUp();
  expect(await landing(user.first)).toEqual({ onto: user.first, lacks: [] });
  user.git('branch', 'release', user.first);
  expect(await landing(user.first)).toEqual({ onto: user.first, lacks: [] });
});

test('what is there as equal changes is not lacking; what is lacking is named, the newest first', async () => {
  const { user, landing } = setUp();
  const below = grow(user.root, user.first, { count: 2, text: 'mine' });
  const equal = grow(user.root, user.first, { count: 2, text: 'same' });
  user.git('branch', 'release', equal);
  expect(await landing(below)).toEqual({ onto: equal, lacks: [] });
  user.git('branch', '--force', 'release', `${equal}^`);
  expect(await landing(below)).toEqual({ onto: below, lacks: [below] });
});

test('lines that are very far apart are not compared change by change', async () => {
  const { user, landing } = setUp();
  const below = grow(user.root, user.first, { count: 300, text: 'mine' });
  const equal = grow(user.root, user.first, { count: 300, text: 'same' });
  user.git('branch', 'release', equal);
  const { onto, lacks } = await landing(below);
  expect(onto).toBe(below);
  expect(lacks).toHaveLength(300);
  expect(lacks[0]).toBe(below);
});
