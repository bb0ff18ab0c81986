import type { TaskResult } from '@hive/events';
import { expect, test } from 'vitest';
import { differences } from './expected.ts';

// Only what is compared.
const task = (key: string, status: string, code: string | null = null) => ({ key, status, code }) as TaskResult;
const expected = [
  { key: 'a', status: 'merged', code: null },
  { key: 'b', status: 'refused', code: 'checks.red' },
];

test('all as expected', () => {
  expect(differences({ tasks: [task('b', 'refused', 'checks.red'), task('a', 'merged')] }, expected)).toEqual([]);
});

test('another outcome, another code, a missing and an unknown task are each told', () => {
  expect(differences({ tasks: [task('a', 'refused', 'patch.empty'), task('c', 'merged')] }, expected)).toEqual([
    'a: merged was expected, refused (patch.empty) came',
    'b: refused (checks.red) was expected, and there is no such task',
    'c: nothing was expected, merged came',
  ]);
  expect(differences({ tasks: [task('a', 'merged'), task('b', 'refused', 'paths.outside')] }, expected)).toEqual([
    'b: refused (checks.red) was expected, refused (paths.outside) came',
  ]);
});
