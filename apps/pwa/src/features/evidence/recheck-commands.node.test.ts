import type { EvidenceCommand } from '@hive/events';
import { expect, test } from 'vitest';
import { recheckCommands } from './recheck-commands.ts';

const run = (on: EvidenceCommand['on'], ...argv: string[]): EvidenceCommand => ({
  ...{ name: 'test', argv, on, exit: 0, ms: 1, log: 'e'.repeat(64) },
});
const evidence = {
  commands: [run('base', 'npm', 'test'), run('head', 'npm', 'test'), run('head', 'sh', '-c', "a'; rm x")],
};
const commit = 'f'.repeat(40);

test('what a repository says is quoted, and each check stands there once', () => {
  const commands = recheckCommands(
    { ...evidence, setup: { argv: ['npm', 'ci'], lockfile: null, cached: false } },
    { task: 't', commit, repo: '/srv/my app' },
  );
  expect(commands[0]?.command).toBe('hive recheck ffffffffffff');
  expect(commands[2]?.command).toBe(
    `git -C '/srv/my app' worktree add --detach ../recheck-ffffffffffff ffffffffffff && cd '/srv/my app'/../recheck-ffffffffffff && npm ci && npm test && sh -c 'a'\\''; rm x'`,
  );
});

test('of what was not merged there is what the log says', () => {
  expect(
    recheckCommands(evidence, { task: '01990000-0000-7000-8000-00000000abcd', commit: null, repo: '/srv' }),
  ).toEqual([{ says: 'What the log says of it, with every run', command: 'hive why 0000abcd' }]);
});
