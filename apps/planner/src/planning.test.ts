import type { Context } from '@hive/agent-kit';
import type { Submission } from '@hive/events';
import { expect, test } from 'vitest';
import { planFrom } from './plan-from.ts';
import { planningFor, stagesOf } from './planning.ts';

const walnut = { name: 'walnut', specialization: 'frontend', capabilities: ['react'], ref: 'ollama:coder@walnut' };
const configured: Context['config']['planning'] = {
  templates: {
    web_development: {
      agents: [walnut],
      stages: [
        { name: 'planning', agent: walnut },
        { name: 'api', agent: null },
        { name: 'pages', agent: walnut },
        { name: 'review', agent: null },
      ],
    },
  },
  domains: {
    backend: { paths: ['api/**', '**/*.sql'], prompt: 'Migrations come first.' },
    frontend: { paths: ['web/**'], prompt: 'Keep it usable by keyboard.' },
    infrastructure: { prompt: 'Nothing is deployed by hand.' },
  },
};
const namesFor = (goal: string, ...files: string[]) =>
  planningFor(goal, files, configured).domains.map(({ name }) => name);

test('a domain is meant by files of the repository, by its name in the goal, or by an agent of the template', () => {
  expect(namesFor('Fix it', 'src/a.ts')).toEqual([]);
  expect(namesFor('Fix it', 'db/deep/x.sql')).toEqual(['backend']);
  expect(namesFor('Change the Infrastructure', 'web/a.ts')).toEqual(['frontend', 'infrastructure']);
  expect(namesFor('web_development: a shop')).toEqual(['frontend']);
});

test('a goal takes the template that it begins with, and no other', () => {
  const chosen = (goal: string) => planningFor(goal, [], configured).template?.name ?? null;
  expect(chosen('web_development: a shop')).toBe('web_development');
  expect([chosen('A web_development: shop'), chosen('toString: x'), chosen('web_development'), chosen('')]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('what Hive does with every task by itself is no stage of a plan', () => {
  const { template } = planningFor('web_development: a shop', [], configured);
  expect(template && stagesOf(template).map(({ name }) => name)).toEqual(['api', 'pages']);
});

test('a task needs those of the stage before it that has any, and has the model of who does its stage', () => {
  const stages = [
    { name: 'api', agent: null },
    { name: 'middle', agent: null },
    { name: 'pages', agent: walnut },
  ];
  const task = (key: string, stage: string, needs: string[] = []) => ({ key, title: key, stage, needs });
  const submission = { workflowId: '0199a000-0000-7000-8000-000000000000', model: null, redBefore: 'needed' };
  const value = {
    version: 1 as const,
    tasks: [task('c', 'pages'), task('a', 'api'), task('b', 'api', ['a']), task('d', 'pages', ['c'])],
  };
  const plan = planFrom(value, submission as unknown as Submission, stages);
  const keyOf = new Map(plan.tasks.map(({ id, key }) => [id, key]));
  expect(plan.tasks.map(({ key, needs, model }) => [key, needs.map((id) => keyOf.get(id)), model ?? null])).toEqual([
    ['c', ['a', 'b'], 'ollama:coder@walnut'],
    ['a', [], null],
    ['b', ['a'], null],
    ['d', ['c', 'a', 'b'], 'ollama:coder@walnut'],
  ]);
  const named = planFrom(value, { ...submission, model: 'claude:x', priority: 9 } as unknown as Submission, stages);
  expect(named.tasks.every(({ model, priority }) => model === 'claude:x' && priority === 9)).toBe(true);
});
