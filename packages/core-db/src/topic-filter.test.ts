import { expect, test } from 'vitest';
import { topicFilter } from './topic-filter.ts';

test('a pattern is a range, a topic an equation, and everything needs no condition', () => {
  expect(topicFilter(['task.*', 'merge.completed'])).toEqual({
    sql: '((type >= ? and type < ?) or type = ?)',
    values: ['task.', 'task/', 'merge.completed'],
  });
  expect(topicFilter(['task.ready', '*'])).toBeNull();
  expect(topicFilter([])).toEqual({ sql: 'false', values: [] });
});
