import { expect, test } from 'vitest';
import { createPairCodes } from './pair-codes.ts';
import { createSessions } from './sessions.ts';

test('a session is known again, also after a restart, until it is too old or the token has changed', () => {
  let now = 1_000_000;
  const clock = () => now;
  const session = createSessions('t0k', clock).issue();
  expect(createSessions('t0k', clock).find(session.value)).toEqual(session);
  expect(createSessions('other', clock).find(session.value)).toBeNull();
  now += 30 * 24 * 3600 * 1000;
  expect(createSessions('t0k', clock).find(session.value)).toBeNull();
});

test('a session cannot be forged or prolonged', () => {
  const sessions = createSessions('t0k');
  const [id, until, mark] = sessions.issue().value.split('.');
  for (const value of [
    '',
    '.',
    'x',
    `${id}.${until}`,
    `${id}.${Number(until) + 1}.${mark}`,
    `${id}.${until}.${mark}x`,
    `${id}.NaN.${mark}`,
  ])
    expect(sessions.find(value), value).toBeNull();
});

test('each session has a proof of its own, and each home a cookie of its own', () => {
  const sessions = createSessions('t0k');
  expect(sessions.issue().csrf).not.toBe(sessions.issue().csrf);
  expect(createSessions('other').cookie).not.toBe(sessions.cookie);
});

test('a code works once', () => {
  const codes = createPairCodes();
  const code = codes.issue();
  expect([codes.redeem(code), codes.redeem(code)]).toEqual([true, false]);
});

test('a code is void after two minutes', () => {
  let now = 0;
  const codes = createPairCodes(() => now);
  const code = codes.issue();
  now += 120_000;
  expect(codes.redeem(code)).toBe(false);
});

test('five wrong codes void the right one', () => {
  const codes = createPairCodes();
  const code = codes.issue();
  for (let n = 0; n < 4; n++) codes.redeem('guess');
  expect(codes.redeem(code)).toBe(true);
  const second = codes.issue();
  for (let n = 0; n < 5; n++) codes.redeem('guess');
  expect(codes.redeem(second)).toBe(false);
});
