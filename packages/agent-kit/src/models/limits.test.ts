import { HiveError } from '@hive/errors';
import type { LimitView } from '@hive/events';
import { expect, test } from 'vitest';
import { holdOf } from './holds.ts';
import { factsOf, isNews } from './tell-limits.ts';

const now = Date.parse('2030-01-01T22:00:00.000Z');
const inMinutes = (n: number): string => new Date(now + n * 60_000).toISOString();
const seen = (usedShare: number | null, kind = 'five_hour') => ({
  kind,
  limit: null,
  remaining: null,
  usedShare,
  resetsAt: inMinutes(60),
});
const limited = (details: object, code: 'model.rate_limited' | 'model.window_exhausted' = 'model.rate_limited') =>
  new HiveError(code, 'no', { details: { ...details } });
const known = (more: Partial<LimitView>): LimitView => ({
  kind: 'five_hour',
  model: null,
  resetsAt: inMinutes(60),
  usedShare: 0.8,
  hit: false,
  callId: 'c',
  at: inMinutes(-1),
  ...more,
});
const marks = [0.8, 0.95];

test('an answer tells of a limit where a mark is crossed, a refusal of the one that was met', () => {
  expect(factsOf([seen(0.79)], null, marks)).toEqual([]);
  expect(factsOf([seen(0.8)], null, marks)).toMatchObject([{ hit: false, usedShare: 0.8 }]);
  // A window that is used up by the last good answer has refused nobody yet.
  expect(factsOf([seen(1)], null, marks)).toMatchObject([{ hit: false }]);
  expect(factsOf([seen(1), seen(0.5, 'seven_day')], limited({}), marks)).toMatchObject([
    { kind: 'five_hour', hit: true },
  ]);
  expect(factsOf([], limited({ window: 'overage' }, 'model.window_exhausted'), marks)).toEqual([
    { kind: 'overage', resetsAt: null, usedShare: null, hit: true },
  ]);
  expect(factsOf([], limited({ retryAt: inMinutes(1) }), marks)).toMatchObject([
    { kind: 'requests', resetsAt: inMinutes(1) },
  ]);
});

test('a limit is told again when a higher mark is crossed, when it is met, or when it is a later one', () => {
  const fact = (more: object) => ({ kind: 'five_hour', resetsAt: inMinutes(60), usedShare: 0.85, hit: false, ...more });
  const asked = (more: object, before: Partial<LimitView> = {}) => isNews(fact(more), known(before), { now, marks });
  expect(isNews(fact({}), undefined, { now, marks })).toBe(true);
  expect(asked({})).toBe(false);
  expect(asked({ usedShare: 0.96 })).toBe(true);
  expect(asked({ hit: true })).toBe(true);
  expect(asked({}, { hit: true })).toBe(false);
  expect(asked({ hit: true, resetsAt: new Date(Date.parse(inMinutes(60)) + 1000).toISOString() }, { hit: true })).toBe(
    false,
  );
  expect(asked({ hit: true, resetsAt: inMinutes(61) }, { hit: true })).toBe(true);
  expect(asked({}, { resetsAt: inMinutes(-1) })).toBe(true);
});

const hold = (ref: { provider: 'claude' | 'ollama'; model: string }, limits: LimitView[], reserve = 0) =>
  holdOf(ref, {
    paid: { quietHours: [], reserve: 0, resumes: 3 },
    reserve,
    now,
    limits: Object.fromEntries(limits.map((it, n) => [String(n), it])),
  });
const sonnet = { provider: 'claude', model: 'sonnet' } as const;

test('what was met is waited for until it ends, the longest first', () => {
  expect(hold(sonnet, [known({})])).toBeNull();
  expect(hold(sonnet, [known({ hit: true, resetsAt: inMinutes(-1) })])).toBeNull();
  expect(
    hold(sonnet, [known({ hit: true }), known({ hit: true, kind: 'seven_day', resetsAt: inMinutes(90) })]),
  ).toMatchObject({
    kind: 'seven_day',
    until: inMinutes(90),
  });
});

test('tokens by the minute hold back the model that met them, and a share is left of windows only', () => {
  const tokens = known({ kind: 'tokens', model: 'sonnet', hit: true });
  expect(hold(sonnet, [tokens])).toMatchObject({ kind: 'tokens' });
  expect(hold({ provider: 'claude', model: 'haiku' }, [tokens])).toBeNull();
  expect(hold(sonnet, [known({})], 0.2)).toMatchObject({ kind: 'five_hour, reserve', until: inMinutes(60) });
  expect(hold(sonnet, [known({})], 0.1)).toBeNull();
  expect(hold(sonnet, [known({ kind: 'tokens', model: 'sonnet' })], 0.5)).toBeNull();
});
