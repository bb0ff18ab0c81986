import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { createRepo } from '@hive/agent-kit/testing';
import type { SubmitRequest } from '@hive/events';
import type { Scene } from './scenes.ts';
import type { Stage } from './stage.ts';

const test = 'node test.js';
const files = { 'sum.js': 'module.exports = (a, b) => a - b;\n', 'other.txt': 'one\n', 'test.js': '' };
const asserts = `const sum = require('./sum.js'); if (sum(2, 2) !== 4) process.exit(1);\n`;
const fixed = { 'sum.js': 'module.exports = (a, b) => a + b;\n', 'test.js': asserts };

type Repo = ReturnType<typeof createRepo>;
const task = (key: string, patch: string, needs: readonly string[] = []) => ({
  key,
  title: key,
  patch,
  needs: [...needs],
});

/** Hands a request in at the door and waits for the end of the workflow. */
const handedIn =
  (requestOf: (repo: Repo) => Omit<SubmitRequest, 'repo' | 'goal'>) =>
  async (stage: Stage): Promise<string> => {
    const folder = join(stage.folder, 'work');
    mkdirSync(folder, { recursive: true });
    const repo = createRepo(folder, files);
    const { id } = await stage.desk.submit({ goal: 'Add', repo: repo.root, checks: [test], ...requestOf(repo) });
    const ends = ['workflow.completed', 'workflow.failed', 'workflow.cancelled'];
    await stage.until('the workflow is over', async () =>
      (await stage.typesOf(id)).some((type) => ends.includes(type)),
    );
    await stage.settle();
    return id;
  };

/** Stories that real workers and reviewers play on real repositories, with real checks. */
export const realScenes: Readonly<Record<string, Scene>> = {
  'real-proven-change': {
    says: 'a patch whose test was red before is proven and merged',
    act: handedIn((repo) => ({ patch: repo.patchOf(fixed) })),
  },
  'real-red-change': {
    says: 'a patch that leaves its test red is refused',
    act: handedIn((repo) => ({ patch: repo.patchOf({ 'test.js': asserts }) })),
  },
  'real-no-proof': {
    says: 'a patch that no test was red without is refused',
    act: handedIn((repo) => ({ patch: repo.patchOf({ 'other.txt': 'two\n' }) })),
  },
  'real-refactoring': {
    says: 'a change that needs no red test is merged',
    act: handedIn((repo) => ({ patch: repo.patchOf({ 'other.txt': 'two\n' }), redBefore: 'not_needed' })),
  },
  'real-two-in-a-row': {
    says: 'the second task starts from the first one’s merge',
    act: handedIn((repo) => ({
      redBefore: 'not_needed',
      plan: {
        version: 1,
        tasks: [task('fix', repo.patchOf(fixed)), task('say', repo.patchOf({ 'other.txt': 'two\n' }), ['fix'])],
      },
    })),
  },
  'real-conflict': {
    says: 'of two patches of one line the later one is refused',
    act: handedIn((repo) => ({
      redBefore: 'not_needed',
      plan: {
        version: 1,
        tasks: [
          task('two', repo.patchOf({ 'other.txt': 'two\n' })),
          task('three', repo.patchOf({ 'other.txt': 'three\n' })),
        ],
      },
    })),
  },
  'real-command': {
    says: 'a command writes a change, another one leaves none',
    act: handedIn(() => ({
      redBefore: 'not_needed',
      plan: {
        version: 1,
        tasks: [
          { key: 'write', title: 'write', run: `node -e "require('fs').writeFileSync('made.txt', 'made')"` },
          { key: 'look', title: 'look', kind: 'command', run: 'node --version', needs: ['write'] },
        ],
      },
    })),
  },
  'real-command-fails': {
    says: 'a command exits with an error',
    act: handedIn(() => ({
      plan: { version: 1, tasks: [{ key: 'run', title: 'run', run: 'node -e "process.exit(3)"' }] },
    })),
  },
  'real-outside-of-paths': {
    says: 'a patch touches what its task may not, and what needs it is blocked',
    act: handedIn((repo) => ({
      plan: {
        version: 1,
        tasks: [
          { ...task('fix', repo.patchOf(fixed)), paths: ['docs/**'] },
          task('say', repo.patchOf({ 'other.txt': 'two\n' }), ['fix']),
        ],
      },
    })),
  },
};
