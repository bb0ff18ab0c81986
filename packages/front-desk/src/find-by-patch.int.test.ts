import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@hive/core-db';
import type { TaskView } from '@hive/events';
import { deliveredPatch, openRepo, patchIdOf } from '@hive/workspace';
import { expect, onTestFinished, test } from 'vitest';
import { createFindByPatch, patchIdIn } from './find-by-patch.ts';

/** A repository with the branch of a workflow of three merged tasks, and what the store holds of them. */
const openBranch = async () => {
  const repo = mkdtempSync(join(tmpdir(), 'hive-by-patch-'));
  onTestFinished(() => rmSync(repo, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], {
      cwd: repo,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const commit = (name: string) => {
    writeFileSync(join(repo, name), `${name}\n`);
    git('add', '--all');
    git('commit', '-q', '-m', name);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '-b', 'main');
  const base = commit('base');
  const merged = [commit('one'), commit('two'), commit('three')];
  let reads = 0;
  const patches = await Promise.all(
    merged.map((to, index) => deliveredPatch('', { repo, from: merged[index - 1] ?? base, to })),
  );
  const tasks = merged.map((at, index): Partial<TaskView> => {
    const evidence = { patch: String(index) } as TaskView['evidence']; // nothing else of it is read
    return {
      id: `t${index}`,
      workflowId: 'w',
      state: 'merged',
      commit: at,
      evidence,
      settledAt: `2026-01-0${index + 1}`,
    };
  });
  const store = {
    listHeads: () => Promise.resolve(tasks.toReversed().map((view) => ({ id: view.id, view }))),
    heads: () => Promise.resolve({ heads: new Map([['workflow/w', { view: { submission: { repo, base } } }]]) }),
  } as unknown as Store;
  const artefacts = {
    put: () => Promise.reject(new Error('nothing is stored')),
    get: (hash: string) => ((reads += 1), Promise.resolve(Buffer.from(patches[Number(hash)] ?? ''))),
  };
  const find = createFindByPatch(store, artefacts, '/nonexistent');
  const idOf = async (name: string) => (await patchIdOf(await openRepo(repo), git('rev-parse', name))) ?? '';
  return { git, commit, find, idOf, base, merged, reads: () => reads };
};

test('a commit with the change of one task is found, and each patch is read once', async () => {
  const { git, commit, find, idOf, base, merged, reads } = await openBranch();
  git('checkout', '-q', '-b', 'other', base);
  commit('elsewhere');
  git('cherry-pick', merged[1] ?? '');
  expect(await find(await idOf('HEAD'))).toMatchObject({
    task: { id: 't1' },
    found: { tasks: ['t1'], commit: merged[1] },
  });
  await find(await idOf('HEAD'));
  expect(reads()).toBe(3);
});

test('a squashed branch is found as its tasks in their order, also when it was squashed before its last merge', async () => {
  const { git, find, idOf, base, merged } = await openBranch();
  for (const [count, tip] of [
    [3, merged[2]],
    [2, merged[1]],
  ] as const) {
    git('checkout', '-q', '--detach', base);
    git('merge', '-q', '--squash', tip ?? '');
    git('commit', '-q', '-m', 'squashed');
    const tasks = ['t0', 't1', 't2'].slice(0, count);
    expect((await find(await idOf('HEAD'))).found).toEqual({ tasks, commit: tip });
  }
});

test('another change is not found', async () => {
  const { commit, find, idOf } = await openBranch();
  commit('four');
  await expect(find(await idOf('HEAD'))).rejects.toMatchObject({ code: 'input.unknown_id' });
  expect([`patch:${'a'.repeat(40)}`, 'a'.repeat(40), 'patch:../x'].map(patchIdIn)).toEqual([
    'a'.repeat(40),
    null,
    null,
  ]);
});
