import { PlanFile } from '@hive/events';
import { expect, test } from 'vitest';
import { modelLines, wantedModels } from './wanted-models.ts';

const none = { models: { planner: [], worker: [], reviewer: [] } };
const goal = { goal: 'Tidy', repo: '/r' };
const plan = PlanFile.parse({
  version: 1,
  tasks: [
    { key: 'a', title: 'A', patch: 'x' },
    { key: 'b', title: 'B', run: 'make' },
  ],
});

test('patches and commands call no model', () => {
  expect(wantedModels({ ...goal, patch: 'x' }, null, none)).toEqual([]);
  expect(wantedModels(goal, plan, none)).toEqual([]);
});

test('a goal in words needs a planner and a worker, and the reviewer that is configured', () => {
  const reviewed = { models: { ...none.models, reviewer: ['ollama:r'] } };
  expect(wantedModels({ ...goal, model: 'ollama:m' }, null, reviewed)).toEqual([
    { role: 'planner', ref: 'ollama:m', localOnly: false },
    { role: 'worker', ref: 'ollama:m', localOnly: false },
    { role: 'reviewer', ref: null, localOnly: false },
  ]);
});

test('a task without an author of its own is written by its model, else by the one that was named', () => {
  const mixed = {
    ...plan,
    tasks: [...plan.tasks, { key: 'c', title: 'C', model: 'claude:x' }, { key: 'd', title: 'D' }],
  };
  expect(wantedModels(goal, mixed, none).map((wanted) => wanted.ref)).toEqual(['claude:x', null]);
});

test('one line says who, where to, and the limit', () => {
  const found = (['planner', 'worker'] as const).map((role) => ({
    role,
    name: 'ollama:m@walnut',
    destination: '10.0.0.2:11434',
  }));
  expect(modelLines(found, { tokens: 200_000 })).toEqual([
    'Model  ollama:m@walnut at 10.0.0.2:11434, as planner and worker, at most 200,000 tokens',
  ]);
  expect(modelLines(found, null)[0]).toMatch(/no limit \(--budget sets one\)$/);
  expect(modelLines([], null)).toEqual([]);
});
