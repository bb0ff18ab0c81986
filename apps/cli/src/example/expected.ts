import { readFileSync } from 'node:fs';
import { HiveError } from '@hive/errors';
import type { Result } from '@hive/events';

/** How one task of the example must end. */
export type Expected = { readonly key: string; readonly status: string; readonly code: string | null };

/** Reads the expected file of an example. */
export const readExpected = (path: string): readonly Expected[] => {
  // Our own file; one that somebody has edited is told apart below.
  const rows: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (Array.isArray(rows) && rows.every(isExpected)) return rows;
  throw new HiveError('input.invalid', `${path} must be a list of { key, status, code }`);
};

const isExpected = (row: unknown): row is Expected =>
  typeof row === 'object' && row !== null && 'key' in row && 'status' in row && 'code' in row;

/** What ended otherwise than expected, one sentence for each task; none when all is as expected. */
export const differences = (result: Pick<Result, 'tasks'>, expected: readonly Expected[]): string[] => {
  const found = new Map(result.tasks.map((task) => [task.key, task]));
  const wrong = expected.flatMap(({ key, status, code }) => {
    const task = found.get(key);
    if (!task) return [`${key}: ${outcome(status, code)} was expected, and there is no such task`];
    const isSame = task.status === status && task.code === code;
    return isSame ? [] : [`${key}: ${outcome(status, code)} was expected, ${outcome(task.status, task.code)} came`];
  });
  const known = new Set(expected.map((row) => row.key));
  const unknown = result.tasks
    .filter((task) => !known.has(task.key))
    .map((task) => `${task.key}: nothing was expected, ${outcome(task.status, task.code)} came`);
  return [...wrong, ...unknown];
};

const outcome = (status: string, code: string | null): string => (code === null ? status : `${status} (${code})`);
