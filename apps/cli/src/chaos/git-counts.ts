import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Result } from '@hive/events';

/** What git alone says about a workflow: commits, notes and merged tasks have to be the same, one each. The lists name offenders. */
export type GitCounts = { readonly lost: readonly string[]; readonly doubled: readonly string[] };

const trailer = '--format=%H %(trailers:key=Hive-Task,valueonly,separator=%x2C)';

/** Compares the branch and the notes in `repo` with the tasks that are said to be merged. */
export const countInGit = async (
  repo: string,
  result: Pick<Result, 'base' | 'branch' | 'tasks'>,
): Promise<GitCounts> => {
  const run = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)('git', ['-C', repo, ...args]);
    return stdout.split('\n').filter(Boolean);
  };
  const merged = result.tasks.filter((task) => task.status === 'merged');
  const branch = (await run('branch', '--list', '--format=%(refname:short)', result.branch ?? '')).length > 0;
  const commits = branch ? await run('log', '--first-parent', trailer, `${result.base}..${result.branch ?? ''}`) : [];
  const tasks = commits.map((line) => line.split(' ')[1] ?? '');
  const notes =
    (await run('for-each-ref', 'refs/notes/hive')).length > 0 ? await run('notes', '--ref', 'hive', 'list') : [];
  const noted = new Set(notes.map((line) => line.split(' ')[1]));
  return {
    lost: [
      ...merged
        .filter((task) => !tasks.includes(task.id))
        .map((task) => `${task.key} is merged, and no commit says so`),
      ...commits.filter((line) => !noted.has(line.split(' ')[0])).map((line) => `no note for ${line}`),
    ],
    doubled: [
      ...tasks.filter((task, index) => tasks.indexOf(task) !== index).map((task) => `two commits of task ${task}`),
      ...(commits.length > merged.length ? [`${commits.length} commits of ${merged.length} merged tasks`] : []),
      ...(notes.length > merged.length ? [`${notes.length} notes of ${merged.length} merged tasks`] : []),
    ],
  };
};
