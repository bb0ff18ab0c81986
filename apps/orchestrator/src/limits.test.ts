import { expect, test } from 'vitest';
import { limitsOf } from './limits.ts';

const config = {
  limits: { repository: 3, models: { 'ollama:coder@walnut': 2 }, boxes: { walnut: 1 } },
  models: { planner: [], worker: ['ollama:coder@walnut'], reviewer: [] },
};
const around = { config, repo: '/srv/orchard', into: null, model: null };
const ofRepository = { key: 'repository:/srv/orchard', max: 3 };

test('a step takes up room in its repository, and while a model works on it also on that model and its box', () => {
  expect(limitsOf('work', { author: null }, around)).toEqual([
    ofRepository,
    { key: 'model:ollama:coder@walnut', max: 2 },
    { key: 'box:walnut', max: 1 },
  ]);
  expect(limitsOf('check', { author: null }, around)).toEqual([ofRepository]);
  expect(limitsOf('work', { author: 'human' }, around)).toEqual([ofRepository]);
  expect(limitsOf('merge', { author: null }, around)).toEqual([]);
});

test('into a branch of the user one merge goes at a time, whatever else is limited', () => {
  const key = { key: 'into:/srv/orchard:main', max: 1 };
  expect(limitsOf('merge', { author: null }, { ...around, into: 'main' })).toEqual([key]);
  expect(limitsOf('check', { author: null }, { ...around, into: 'main' })).toEqual([ofRepository]);
});

test('the model of a task goes before that of its workflow, and that before the configured one', () => {
  const named = { ...around, model: 'claude:big' };
  expect(limitsOf('work', { author: null }, named)).toEqual([ofRepository]);
  expect(limitsOf('work', { author: null, model: 'ollama:other@walnut' }, named)).toEqual([
    ofRepository,
    { key: 'box:walnut', max: 1 },
  ]);
});
