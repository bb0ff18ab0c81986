import { expect, test } from 'vitest';
import { emptyDraft, type Draft } from './draft.ts';
import { fieldOf, workOf } from './work-of.ts';

const now = new Date('2026-11-22T08:00').getTime();
const here = { now, zone: 'Europe/Berlin' };
const draft = (change: Partial<Draft> = {}) => ({ ...emptyDraft('k'), goal: ' Fix it ', repo: '/srv/app', ...change });
const requestOf = (change: Partial<Draft>) => {
  const made = workOf(draft(change), here);
  return 'work' in made ? made.work : made.problems;
};

test('what was not said is not sent', () => {
  expect(requestOf({})).toEqual({ key: 'k', request: { goal: 'Fix it', repo: '/srv/app' }, timing: null });
});

test('every field has its place in the request', () => {
  const said = requestOf({
    ...{ template: 'web', base: 'main', into: 'stable', checks: 'npm test\n\n  npm run lint ', setup: 'npm ci' },
    ...{ redBefore: 'not_needed', usd: '2.50', tokens: '200,000', model: 'claude:c', localOnly: true },
    ...{
      until: '2026-11-23T06:00',
      reserve: '30',
      priority: '-20',
      when: 'cron',
      cron: '0 22 * * *',
      dedupe: 'nightly',
      onDuplicate: 'replace',
    },
  });
  expect(said).toEqual({
    key: 'k',
    request: {
      goal: 'web: Fix it',
      repo: '/srv/app',
      base: 'main',
      into: 'stable',
      checks: ['npm test', 'npm run lint'],
      setup: 'npm ci',
      redBefore: 'not_needed',
      budget: { usd: 2.5, tokens: 200_000 },
      model: 'claude:c',
      localOnly: true,
      until: new Date('2026-11-23T06:00').toISOString(),
      reserve: 0.3,
      priority: -20,
      dedupe: { key: 'nightly', mode: 'replace' },
    },
    timing: { cron: '0 22 * * *', zone: 'Europe/Berlin' },
  });
});

test('what can be told here is told at its field', () => {
  expect(requestOf({ goal: ' ', repo: '' })).toEqual({
    goal: 'Say what is to be done',
    repo: expect.stringContaining('whole path') as string,
  });
  const wrong = requestOf({
    usd: '-1',
    tokens: '1.5',
    reserve: '101',
    priority: '1.5',
    until: '2026-11-22T07:00',
    when: 'at',
    at: '',
  });
  expect(Object.keys(wrong)).toEqual(['usd', 'tokens', 'reserve', 'priority', 'until', 'at']);
  expect(requestOf({ when: 'cron' })).toHaveProperty('cron');
});

test('a refusal finds its field', () => {
  const field = (name?: unknown) => fieldOf({ details: { field: name } });
  expect([field('checks.0'), field('request.goal'), field('budget.usd'), field('budget')]).toEqual([
    'checks',
    'goal',
    'usd',
    'tokens',
  ]);
  expect([field('plan'), field(), fieldOf(null), fieldOf(new Error('x'))]).toEqual([null, null, null, null]);
});
