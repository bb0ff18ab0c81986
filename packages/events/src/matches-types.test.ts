import { expect, test } from 'vitest';
import { matchesTypes } from './matches-types.ts';

test('a type is named whole, by its topic, or by the star; a topic is not a beginning', () => {
  expect(matchesTypes('task.claimed', ['workflow.*', 'task.claimed'])).toBe(true);
  expect(matchesTypes('task.claimed', ['task.*'])).toBe(true);
  expect(matchesTypes('task.claimed', ['*'])).toBe(true);
  expect(matchesTypes('tasks.claimed', ['task.*'])).toBe(false);
  expect(matchesTypes('task.claimed', ['task.claim', 'task'])).toBe(false);
  expect(matchesTypes('task.claimed', [])).toBe(false);
});
