import type { Result } from '@hive/events';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readExercises } from './exercise.ts';
import { reportOf } from './report.ts';
import { makeRepository } from './repository.ts';

const sample = join(import.meta.dirname, 'sample');

test('the sample lies as exercises lie, and its patches put stub or solution beside the tests', async () => {
  const exercises = await readExercises(sample);
  expect(exercises.map(({ name, check }) => [name, check])).toEqual([['double', 'sh double_test.sh']]);
  const folder = mkdtempSync(join(tmpdir(), 'hive-exercises-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { root, planOf } = await makeRepository(folder, exercises);
  const plan = JSON.parse(readFileSync(await planOf('solution'), 'utf8')) as { tasks: { patch: string }[] };
  expect(plan.tasks).toMatchObject([{ key: 'double', checks: [`sh -c 'cd '\\''double'\\'' && sh double_test.sh'`] }]);
  expect(execFileSync('git', ['-C', root, 'status', '--porcelain'], { encoding: 'utf8' })).toBe('');
  execFileSync('git', ['-C', root, 'apply', plan.tasks[0]?.patch ?? '']);
  expect(execFileSync('sh', ['double_test.sh'], { cwd: join(root, 'double'), encoding: 'utf8' })).toBe('');
});

test('a folder that is laid out otherwise is told what it lacks', async () => {
  await expect(readExercises(join(sample, 'double'))).rejects.toThrow(/needs a file named check/);
});

const task = (key: string, status: string, reason: string | null, mutants?: object) => ({
  ...{ key, status, reason, code: null },
  evidence: { commands: [{ name: 'make test' }], ...(mutants && { mutants }) },
});
const round = (part: 'stub' | 'solution', tasks: readonly object[]) => ({
  ...{ part, seconds: 1 },
  result: { tasks } as unknown as Result, // only what the report looks at
});

test('a stub that is merged, a refusal without its check, and too few mutants are not good', () => {
  const good = [
    round('stub', [task('a', 'refused', 'make test: exit 2')]),
    round('solution', [task('a', 'merged', null)]),
  ];
  expect(reportOf(good)).toMatchObject({ isGood: true });
  expect(reportOf([round('stub', [task('a', 'merged', null)])])).toMatchObject({
    isGood: false,
    lines: [expect.stringContaining('0 of 1 refused'), expect.stringContaining('stub of a: merged')],
  });
  expect(reportOf([round('stub', [task('a', 'refused', 'no')])]).isGood).toBe(false);
  const mutants = (rejected: number) => ({
    tried: 100,
    rejected,
    survivors: [{ file: 'a.c', line: 2, what: '< becomes <=' }],
  });
  const probed = (rejected: number) => reportOf([round('solution', [task('a', 'merged', null, mutants(rejected))])]);
  expect([probed(95).isGood, probed(94).isGood]).toEqual([true, false]);
  expect(probed(94).lines.at(-1)).toContain('a.c:2  < becomes <=');
});
