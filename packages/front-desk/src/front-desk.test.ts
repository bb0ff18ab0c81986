import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError, type Code } from '@hive/errors';
import { parsePlanFile } from '@hive/events';
import { expect, test } from 'vitest';
import { exitCodeOfError } from './exit-code.ts';
import { slugOf } from './slug.ts';
import { isStoredPlan, storedPatchesOf } from './stored-examples.ts';
import { fingerprintsOf, storedPlansSource } from './write-stored-plans.ts';
import { parse } from 'yaml';

test.each([
  ['Fix the date parser', 'fix-the-date-parser'],
  ['  Ärger mit Größe & Co.: #42!', 'arger-mit-gro-e-co-42'],
  ['日本語', 'goal'],
  ['Refactor everything that anybody has ever written here', 'refactor-everything-that-anybody-has'],
  ['x'.repeat(60), 'x'.repeat(40)],
  ['a..b/c.lock', 'a-b-c-lock'],
])('%s becomes %s', (goal, slug) => expect(slugOf(goal)).toBe(slug));

const exits: [Code, number][] = [
  ['input.unknown_id', 2],
  ['plan.invalid', 2],
  ['repo.no_commits', 2],
  ['patch.conflict', 2],
  ['branch.checked_out', 2],
  ['evidence.no_checks', 2],
  ['hive.unreachable', 69],
  ['hive.running', 78],
  ['port.in_use', 78],
  ['store.newer', 78],
  ['config.invalid', 78],
  ['model.missing', 78],
  ['sandbox.missing', 78],
  ['transition.refused', 1],
];
test.each(exits)('%s ends a command with %i', (code, exit) =>
  expect(exitCodeOfError(new HiveError(code, ''))).toBe(exit),
);

test('a bug ends a command with 1', () => expect(exitCodeOfError(new TypeError('x'))).toBe(1));

const examples = join(import.meta.dirname, '../../../examples');

test('the remembered plans are the bundled ones', () => {
  expect(
    readFileSync(join(import.meta.dirname, 'stored-plans.ts'), 'utf8'),
    'examples were changed: run node packages/front-desk/src/write-stored-plans.ts',
  ).toBe(storedPlansSource(fingerprintsOf(examples)));
});

test('a bundled patch is the oracle’s, an edited one or one of an edited plan is not', () => {
  const folder = join(examples, 'almanac');
  const file = parsePlanFile(parse(readFileSync(join(folder, 'plan.yaml'), 'utf8')));
  const plan = {
    ...file,
    tasks: file.tasks.map((task) =>
      task.patch === undefined ? task : { ...task, patch: readFileSync(join(folder, task.patch), 'utf8') },
    ),
  };
  const keys = plan.tasks.flatMap((task) => (task.patch === undefined ? [] : [task.key]));
  expect([...storedPatchesOf(plan)].sort()).toEqual(keys.sort());

  const [first, ...rest] = plan.tasks;
  if (first === undefined) throw new Error('the example has no task');
  const edited = { ...plan, tasks: [{ ...first, patch: `${first.patch ?? ''}\n` }, ...rest] };
  expect([...storedPatchesOf(edited)].sort()).toEqual(keys.filter((key) => key !== first.key).sort());
  expect(isStoredPlan(edited)).toBe(true);

  const planEdited = { ...plan, tasks: [{ ...first, title: 'Mine' }, ...rest] };
  expect([storedPatchesOf(planEdited).size, isStoredPlan(planEdited)]).toEqual([0, false]);
});
