import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calm, createTestRepo, createTestWorkspace, plain } from './testing.ts';

const message = {
  subject: 'Add a file',
  body: 'Because.',
  trailers: { 'Hive-Author': 'human', 'Hive-Task': 'one\ntwo' },
};

test('a worktree holds the base, shows what changed, and commits it as Hive', async () => {
  const repo = createTestRepo({ 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'ignored\n' });
  const { workspace, home } = createTestWorkspace();
  const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain });
  expect(readFileSync(join(tree.dir, 'a.txt'), 'utf8')).toBe('a\n');
  expect(await tree.changedPaths()).toEqual([]);
  expect(await tree.commit(message)).toBeNull();

  writeFileSync(join(tree.dir, 'new\nline'), 'n');
  writeFileSync(join(tree.dir, '-rf'), 'r');
  writeFileSync(join(tree.dir, 'ignored'), 'i');
  writeFileSync(join(tree.dir, 'a.txt'), 'A\n');
  expect(await tree.changedPaths()).toEqual(['-rf', 'a.txt', 'new\nline']);
  const made = await tree.commit(message);
  if (!made) throw new Error('nothing was committed');
  await workspace.deliver({ ...delivery(repo.root, repo.first, made.commit), from: null, into: null });
  expect(repo.git('log', '-1', '--format=%an <%ae> %cn %G?%n%P%n%B', made.commit).split('\n')).toEqual([
    'Hive <hive@localhost> Hive N',
    repo.first,
    'Add a file',
    '',
    'Because.',
    '',
    'Hive-Author: human',
    'Hive-Task: one two',
  ]);
  expect(repo.git('show', `${made.commit}:a.txt`)).toBe('A');
  expect(Buffer.from(made.patch).toString()).toContain('"b/new\\nline"');

  await tree.remove();
  await tree.remove();
  expect(tree.dir.startsWith(home)).toBe(true);
});

const delivery = (repo: string, base: string, to: string) => ({
  repo,
  branch: 'hive/test-00000000',
  to,
  move: 'task/1',
  notes: [
    {
      commit: to,
      evidence: {
        base,
        head: to,
        tree: to,
        patch: '0'.repeat(64),
        author: 'human',
        commands: [],
        redBefore: 'not_needed' as const,
        greenAfter: true,
        checkedBy: { agent: 'a', host: 'h' },
        sandbox: 'none' as const,
        at: '2026-01-01T00:00:00.000Z',
      },
    },
  ],
});

test('a command runs in the worktree with an environment of its own', async () => {
  const repo = createTestRepo();
  const { workspace, text } = createTestWorkspace();
  const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain });
  const result = await tree.run(['sh', '-c', 'env; pwd; cat; exit 3'], { timeoutMs: 5000, signal: calm });
  expect(result.exit).toBe(3);
  expect(result.infra).toBeUndefined();
  expect(text(result.log)).toContain(`\n${tree.dir}\n`);
  expect(text(result.log)).not.toContain('hunter2');
  expect(text(result.log)).toContain(`PATH=${tree.dir}/.venv/bin:${tree.dir}/node_modules/.bin:/usr/local/bin`);
});

test('proof: a test of the patch fails on the base and passes on the head', async () => {
  const repo = createTestRepo({ 'sum.sh': 'echo 3\n', 'test/run.sh': '[ "$(sh sum.sh)" = 3 ]\n' });
  const base = repo.first;
  const head = repo.commit({ 'sum.sh': 'echo 4\n', 'test/run.sh': '[ "$(sh sum.sh)" = 4 ]\n' });
  const { workspace } = createTestWorkspace();
  const proof = await workspace.prove({
    repo: repo.root,
    base,
    head,
    author: 'human',
    checks: [{ name: 'run', argv: ['sh', 'test/run.sh'], source: 'given' }],
    setup: null,
    tests: undefined,
    redBefore: 'needed',
    timeoutMs: 5000,
    passEnv: [],
    agent: 'w',
    signal: calm,
  });
  expect(proof).toMatchObject({ code: null, reason: null, findings: [] });
  expect(proof.evidence).toMatchObject({ redBefore: 'red', greenAfter: true, base, head });
  expect(proof.evidence.commands.map(({ on, exit }) => [on, exit])).toEqual([
    ['head', 0],
    ['base', 0],
    ['base+tests', 1],
  ]);
});
