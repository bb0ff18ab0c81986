import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { parsePlanFile, type PlanFileTask } from '@hive/events';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';

// The bundled example with git and Node alone: what its expected file claims must be true without Hive.

const example = join(import.meta.dirname, '../../../examples/almanac');
const plan = parsePlanFile(parse(readFileSync(join(example, 'plan.yaml'), 'utf8')));
const expected = JSON.parse(readFileSync(join(example, 'expected.json'), 'utf8')) as {
  key: string;
  status: string;
  code: string | null;
}[];

const repo = mkdtempSync(join(tmpdir(), 'hive-example-'));
afterAll(() => rmSync(repo, { recursive: true, force: true }));

const env = {
  ...process.env,
  ...{ GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@localhost' },
  ...{ GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@localhost' },
};
const run = (program: string, args: readonly string[], input = '') =>
  spawnSync(program, args, { cwd: repo, env, input, encoding: 'utf8' });
const git = (...args: string[]): string => {
  const { status, stdout, stderr } = run('git', args);
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
};

cpSync(join(example, 'library'), repo, { recursive: true });
git('init', '--quiet');
git('add', '--all');
git('commit', '--quiet', '--message', 'base');
const base = git('rev-parse', 'HEAD');

const node = (command: string) => run(process.execPath, command.split(' ').slice(1));
const isGreen = (commit: string): boolean => {
  git('checkout', '--quiet', '--force', commit);
  return plan.checks!.every((check) => node(check as string).status === 0);
};

const taskOf = (key: string): PlanFileTask => plan.tasks.find((task) => task.key === key)!;
const patchOf = ({ patch }: PlanFileTask): string => readFileSync(join(example, patch!), 'utf8');
const filesOf = (patch: string): string[] => [...patch.matchAll(/^diff --git a\/(\S+) /gm)].map(([, file]) => file!);
const outsideOf = (task: PlanFileTask): string[] =>
  filesOf(patchOf(task)).filter((file) => !task.paths?.some((glob) => matchesGlob(file, glob)));
const isTest = (file: string): boolean => file.startsWith('test/');

const applies = (patch: string, commit: string, ...options: string[]): boolean => {
  git('checkout', '--quiet', '--force', commit);
  const { status } = run('git', ['apply', '--index', ...options], patch);
  git('reset', '--quiet', '--hard');
  return status === 0;
};

/** The commit that a patch, or what `options` leave of it, makes of another. */
const land = (patch: string, onto: string, ...options: string[]): string => {
  git('checkout', '--quiet', '--force', onto);
  const { status, stderr } = run('git', ['apply', '--index', ...options], patch);
  if (status !== 0) throw new Error(`does not apply to ${git('log', '--format=%s', onto)}: ${stderr}`);
  git('commit', '--quiet', '--allow-empty', '--message', filesOf(patch).join(' '));
  return git('rev-parse', 'HEAD');
};

const everyNeedOf = (task: PlanFileTask): string[] =>
  (task.needs ?? []).flatMap((key) => [...everyNeedOf(taskOf(key)), key]);

/** Where a task starts when nothing but what it needs has merged. */
const startOf = (task: PlanFileTask): string =>
  [...new Set(everyNeedOf(task))].reduce((commit, key) => land(patchOf(taskOf(key)), commit), base);

const isProven = (task: PlanFileTask, onto: string, patch = patchOf(task)): boolean => {
  const withTests = land(patch, onto, '--include=test/*');
  const red = task.redBefore === 'not_needed' || !isGreen(withTests);
  return red && isGreen(land(patch, onto));
};

const ending = (status: string, code: string | null = null) =>
  expected.filter((end) => end.status === status && end.code === code).map(({ key }) => taskOf(key));
const merged = ending('merged');

test('every task has an expected end and every stored patch a task', () => {
  expect(expected.map(({ key }) => key)).toEqual(plan.tasks.map(({ key }) => key));
  const counts = ['merged', 'completed', 'refused'].map(
    (end) => expected.filter(({ status }) => status === end).length,
  );
  expect(counts).toEqual([6, 1, 3]);
  const stored = readdirSync(join(example, 'patches')).map((name) => `patches/${name}`);
  expect(plan.tasks.flatMap(({ patch }) => patch ?? []).sort()).toEqual(stored.sort());
});

test('the library is green before the first task', () => {
  expect(isGreen(base)).toBe(true);
});

test.each(merged)('$key is proven on what it needs', (task) => {
  expect(outsideOf(task)).toEqual([]);
  const start = startOf(task);
  expect(isGreen(start)).toBe(true);
  expect(isProven(task, start)).toBe(true);
});

test('merged one after the other in another order, each is proven anew', () => {
  const waiting = [...merged].reverse();
  const done = new Set<string>();
  let tip = base;
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ needs = [] }) => needs.every((key) => done.has(key)));
    const [task] = waiting.splice(next, 1);
    expect(isProven(task!, tip), task!.key).toBe(true);
    tip = land(patchOf(task!), tip);
    done.add(task!.key);
  }
  expect([...done]).not.toEqual(merged.map(({ key }) => key));
});

test('tasks that do not need each other touch different files', () => {
  const patched = plan.tasks.filter(({ patch }) => patch);
  for (const task of merged)
    for (const other of patched) {
      if (task === other || everyNeedOf(task).includes(other.key) || everyNeedOf(other).includes(task.key)) continue;
      const shared = filesOf(patchOf(task)).filter((file) => filesOf(patchOf(other)).includes(file));
      expect(shared, `${task.key} and ${other.key}`).toEqual([]);
    }
});

test.each(ending('refused', 'checks.red'))(
  '$key passes all old tests and its own, and fails those of its need',
  (task) => {
    expect(outsideOf(task)).toEqual([]);
    const head = land(patchOf(task), startOf(task));
    const output = node(plan.checks![0] as string).stdout;
    expect(output).toMatch(/^(#|ℹ) fail 3$/m);
    expect(output).toMatch(/^(#|ℹ) pass 49$/m);
    git('checkout', '--quiet', '--force', '--detach', head);
    git('checkout', '--quiet', base, '--', 'test');
    git('commit', '--quiet', '--message', 'the change with the old tests');
    expect(isGreen('HEAD')).toBe(true);
  },
);

test.each(ending('refused', 'patch.conflict'))('$key applies to the base, and not to what it needs', (task) => {
  expect(outsideOf(task)).toEqual([]);
  const start = startOf(task);
  expect(applies(patchOf(task), base)).toBe(true);
  expect(applies(patchOf(task), start)).toBe(false);
  expect(applies(patchOf(task), start, '--3way')).toBe(false);
});

test.each(ending('refused', 'paths.outside'))('$key is green and touches what it did not declare', (task) => {
  expect(isGreen(land(patchOf(task), startOf(task)))).toBe(true);
  expect(outsideOf(task)).toEqual(['src/index.js']);
});

test.each(ending('completed'))('$key succeeds and leaves no change', (task) => {
  const start = startOf(task);
  git('checkout', '--quiet', '--force', start);
  expect(node(task.run as string)).toMatchObject({ status: 0, stdout: '21 of 21 examples are right\n' });
  expect(git('status', '--porcelain')).toBe('');
});

test.each([
  {
    key: 'fast-path',
    line: '+  const exists =',
    from: 'day <= 31',
    to: 'day <= daysInMonth(year, month)',
    proven: true,
  },
  { key: 'iso-weeks', line: '+  const thursday =', from: '4', to: '3', proven: false },
])('with the line changed that the README names, $key ends otherwise', ({ key, line, from, to, proven }) => {
  const task = taskOf(key);
  const edited = patchOf(task).replace(new RegExp(`^\\${line}.*$`, 'm'), (found) => found.replace(from, to));
  expect(edited).not.toBe(patchOf(task));
  expect(isProven(task, startOf(task), edited)).toBe(proven);
});

test('the change of a merged task is more than its tests', () => {
  for (const task of merged) expect(filesOf(patchOf(task)).every(isTest), task.key).toBe(false);
});
