import type { Result } from '@hive/events';
import { expect, test } from 'vitest';
import { gitCommands, quoted } from './git-commands.ts';

// Only what the commands are made of.
const result = (rest: Partial<Result>): Result =>
  ({ repo: '/home/ann/my repo', base: 'a'.repeat(40), branch: 'hive/tidy-1a2b3c4d', into: null, ...rest }) as Result;

test('inside of the repository git needs no folder', () => {
  expect(gitCommands(result({}), '/home/ann/my repo/src')).toEqual([
    'Show  git log -p aaaaaaaaaaaa..hive/tidy-1a2b3c4d',
    'Take  git merge hive/tidy-1a2b3c4d',
  ]);
});

test('elsewhere it is named, quoted where a shell needs it', () => {
  expect(gitCommands(result({}), '/home/ann/my repo 2')[1]).toBe(
    "Take  git -C '/home/ann/my repo' merge hive/tidy-1a2b3c4d",
  );
  expect(quoted("it's")).toBe("'it'\\''s'");
});

test('nothing is shown where nothing was merged', () => {
  expect(gitCommands(result({ branch: null }), '/')).toEqual([]);
});

test('what became of --into is said', () => {
  expect(gitCommands(result({ into: 'main is checked out in /r' }), '/').at(-1)).toBe(
    'Not moved  main is checked out in /r',
  );
});

test('what is in a branch of theirs need not be taken, and is shown without what others put there', () => {
  const merged = { status: 'merged', commit: 'b'.repeat(40) };
  const tasks = [merged, { status: 'refused', commit: 'c'.repeat(40) }] as Result['tasks'];
  expect(gitCommands(result({ into: 'moved', tasks }), '/home/ann/my repo')).toEqual([
    'Show  git show --first-parent bbbbbbbbbbbb',
    'Delivered  into the branch that --into named',
  ]);
  const many = gitCommands(result({ into: 'moved', tasks: Array<(typeof tasks)[0]>(6).fill(tasks[0]!) }), '/');
  expect(many[0]).toContain('log -p aaaaaaaaaaaa..hive/tidy-1a2b3c4d');
});
