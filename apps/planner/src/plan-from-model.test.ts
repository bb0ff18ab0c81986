import { expect, test } from 'vitest';
import { assertRecordable, parsePlanFile, type Submission } from '@hive/events';
import { jsonSchemaOf } from '@hive/llm';
import { modelPlan, toPlanFile } from './plan-from-model.ts';
import { planFrom } from './plan-from.ts';

const ModelPlan = modelPlan();

const task = (key: string, more: object = {}) => ({ key, title: `Do ${key}`, ...more });
const planOf = (...tasks: object[]) => ModelPlan.safeParse({ version: 1, tasks });
const problem = (...tasks: object[]) => planOf(...tasks).error?.issues[0]?.message;

test('a plan of a model is a plan file', () => {
  const plan = ModelPlan.parse({
    version: 1,
    tasks: [
      task('a', { paths: ['src/**', 'test/**'], tests: ['test/**'] }),
      task('b', { needs: ['a'], redBefore: 'not_needed' }),
    ],
  });
  expect(parsePlanFile(toPlanFile(plan))).toEqual(plan);
});

test.each([
  ['a command', { run: 'rm -rf /' }],
  ['a patch', { patch: 'a.patch' }],
  ['a kind', { kind: 'command' }],
  ['checks of its own', { checks: ['true'] }],
  ['a model', { model: 'claude:x' }],
])('a model cannot state %s', (_, more) => {
  expect(planOf(task('a', more)).success).toBe(false);
});

test.each([
  ['a cycle', [task('a', { needs: ['b'] }), task('b', { needs: ['a'] })], 'The plan has a cycle: a needs b needs a'],
  ['an unknown need', [task('a', { needs: ['z'] })], 'Task a needs z, which is not in the plan'],
  ['a key twice', [task('a'), task('a')], 'The plan has two tasks with the key a'],
])('%s is told to the model in the words of the plan file', (_, tasks, message) => {
  expect(problem(...tasks)).toBe(message);
});

test.each([
  [
    'tests that its paths leave out',
    [task('a', { paths: ['src/**'], tests: ['test/**'] })],
    /tests at test\/\*\*, which its paths do not/,
  ],
  ['a path that leaves', [task('a', { paths: ['../x'] })], /names \.\.\/x, which is not inside/],
  ['an absolute path', [task('a', { paths: ['/etc/**'] })], /names \/etc\/\*\*, which is not inside/],
  ['too many tasks', Array.from({ length: 51 }, (_, n) => task(`t${n}`)), /at most 50 tasks/],
])('%s is told to the model too', (_, tasks, message) => {
  expect(problem(...tasks)).toMatch(message);
});

test.each([
  [{ paths: ['src/**', 'test/**'], tests: ['test/**'] }],
  [{ paths: ['src'], tests: ['src/**/*.test.ts'] }],
  [{ paths: ['**'], tests: ['tests/{unit,int}/*.py'] }],
  [{ tests: ['test/**'] }],
])('tests that are covered are fine: %j', (more) => {
  expect(planOf(task('a', more)).success).toBe(true);
});

test.each([[''], ['/'], ['./']])('a path %j is a mistake of the plan or fine, and no bug', (path) => {
  expect(planOf(task('a', { paths: [path], tests: ['test/**'] })).success).toBe(path === './');
});

test('a template with stages asks for the stage of each task, and for none that comes too late', () => {
  const schema = modelPlan(['build', 'docs']);
  const parse = (...tasks: object[]) => schema.safeParse({ version: 1, tasks });
  expect(parse(task('a')).success).toBe(false);
  expect(parse(task('a', { stage: 'cook' })).success).toBe(false);
  expect(parse(task('a', { stage: 'build' }), task('b', { stage: 'docs', needs: ['a'] })).success).toBe(true);
  const late = parse(task('a', { stage: 'build', needs: ['b'] }), task('b', { stage: 'docs' }));
  expect(late.error?.issues[0]?.message).toBe('Task a needs b, which belongs to a later stage');
});

test('what else speaks against a plan as a whole is told to the model too, where nothing else is wrong with it', () => {
  const submission = { workflowId: '0199a000-0000-7000-8000-000000000000', model: null };
  const schema = modelPlan([], (plan) =>
    assertRecordable(submission.workflowId, planFrom(plan, submission as unknown as Submission)),
  );
  const parse = (...tasks: object[]) => schema.safeParse({ version: 1, tasks });
  const instructions = '漢'.repeat(20_000);
  const paths = Array.from({ length: 200 }, (_, n) => `${n}${'漢'.repeat(400)}`);
  expect(parse(task('a', { instructions })).success).toBe(true);
  const { error } = parse(task('b'), task('a', { instructions, paths }));
  expect(error?.issues.map(({ message }) => message)).toEqual([
    'Task a is larger than the 256 KiB that an event can hold; shorten its instructions, commands, checks or paths',
  ]);
});

test('no tasks are no plan', () => {
  expect(planOf().success).toBe(false);
});

test('the schema that a model sees names what it may state, and nothing else', () => {
  const schema = jsonSchemaOf(ModelPlan) as {
    properties: { tasks: { items: { properties: object; additionalProperties: boolean } } };
  };
  expect(Object.keys(schema.properties.tasks.items.properties).sort()).toEqual([
    'instructions',
    'key',
    'needs',
    'paths',
    'redBefore',
    'tests',
    'title',
  ]);
  expect(schema.properties.tasks.items.additionalProperties).toBe(false);
});
