import { SubmitRequest } from '@hive/events';
import { expect, test } from 'vitest';
import { parseBudget, submitRequest } from './request.ts';

test.each([
  ['5usd', { usd: 5 }],
  ['2.50USD', { usd: 2.5 }],
  ['200k', { tokens: 200_000 }],
  ['1.5m', { tokens: 1_500_000 }],
  ['50000', { tokens: 50_000 }],
])('a budget of %s', (text, budget) => expect(parseBudget(text)).toEqual(budget));

test.each(['', '0usd', '-5usd', '5eur', '1.0001k', 'k', '1e3'])('%s is no budget', (text) => {
  expect(() => parseBudget(text)).toThrow(/^--budget/);
});

test('every option reaches the request, and nothing is sent that was not said', () => {
  expect(submitRequest({ goal: 'Tidy' }, {}, '/r')).toEqual({ goal: 'Tidy', repo: '/r' });
  const request = submitRequest(
    { goal: 'Tidy', plan: { version: 1 } },
    {
      base: 'main',
      check: ['npm test', 'npm run lint'],
      setup: 'npm ci',
      into: 'main',
      budget: '200k',
      redBefore: 'not-needed',
      model: 'ollama:qwen3',
      localOnly: true,
      passEnv: ['TZ'],
    },
    '/r',
  );
  expect(request).toEqual({
    goal: 'Tidy',
    repo: '/r',
    plan: { version: 1 },
    base: 'main',
    checks: ['npm test', 'npm run lint'],
    setup: 'npm ci',
    into: 'main',
    budget: { tokens: 200_000 },
    redBefore: 'not_needed',
    model: 'ollama:qwen3',
    localOnly: true,
    passEnv: ['TZ'],
  });
  expect(SubmitRequest.parse(request)).toEqual(request);
});

test.each([
  [{ redBefore: 'no' }, /^--red-before takes not-needed only/],
  [{ passEnv: ['A=1'] }, /^--pass-env takes the name/],
])('%j is refused', (options, message) => {
  expect(() => submitRequest({ goal: 'Tidy' }, options, '/r')).toThrow(message);
});

test('an empty goal is refused', () => {
  expect(() => submitRequest({ goal: '  ' }, {}, '/r')).toThrow('The goal is empty');
});
