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
      dedupe: 'nightly',
      dedupeWindow: '1h',
      onDuplicate: 'debounce',
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
    dedupe: { key: 'nightly', windowS: 3600, mode: 'debounce' },
  });
  expect(SubmitRequest.parse(request)).toEqual(request);
});

test.each([
  [{ redBefore: 'no' }, /^--red-before takes not-needed only/],
  [{ passEnv: ['A=1'] }, /^--pass-env takes the name/],
  [{ dedupe: '' }, /^--dedupe: the key is empty/],
  [{ dedupe: '  ' }, /^--dedupe: the key is empty/],
  [{ dedupe: 'x'.repeat(201) }, /^--dedupe: the key has 201 characters/],
  [{ dedupe: 'a\tb' }, /^--dedupe: the key has control characters/],
  [{ dedupeWindow: '1h' }, /need a key: --dedupe KEY/],
  [{ onDuplicate: 'keep' }, /need a key: --dedupe KEY/],
  [{ dedupe: 'a', dedupeWindow: '-1h' }, /^--dedupe-window -1h is no time/],
  [{ dedupe: 'a', dedupeWindow: '0s' }, /^--dedupe-window 0s is no time/],
  [{ dedupe: 'a', dedupeWindow: '400d' }, /^--dedupe-window 400d is no time/],
  [{ dedupe: 'a', onDuplicate: 'drop' }, /^--on-duplicate takes keep, replace or debounce, and found drop/],
])('%j is refused', (options, message) => {
  expect(() => submitRequest({ goal: 'Tidy' }, options, '/r')).toThrow(message);
});

test('an empty goal is refused', () => {
  expect(() => submitRequest({ goal: '  ' }, {}, '/r')).toThrow('The goal is empty');
});

test('a priority is a whole number', () => {
  const asked = (priority: string) => submitRequest({ goal: 'g' }, { priority }, '/r');
  expect([asked('-20').priority, asked('100').priority]).toEqual([-20, 100]);
  for (const wrong of ['high', '1.5', '101', '']) expect(() => asked(wrong)).toThrow(/^--priority/);
});

test('a night has an end and a share that is left to people', () => {
  const asked = (options: object) => submitRequest({ goal: 'g' }, options, '/r');
  expect(asked({ until: '2030-01-31T07:00:00Z', reserve: '30%' })).toMatchObject({
    until: '2030-01-31T07:00:00.000Z',
    reserve: 0.3,
  });
  expect(asked({ reserve: '0.25' })).toMatchObject({ reserve: 0.25 });
  expect(Date.parse(asked({ until: '07:00' }).until ?? '')).toBeGreaterThan(Date.now());
  expect(() => asked({ reserve: '130%' })).toThrow('--reserve 130% is no share');
  expect(() => asked({ until: 'morning' })).toThrow('--until morning is no moment');
});
