import { expect, test } from 'vitest';
import { timingOf } from './timing.ts';

const here = { now: '2026-03-28T20:00:00.000Z', zone: 'Europe/Berlin' };

test.each([
  ['+90m', '2026-03-28T21:30:00.000Z'],
  ['+2h', '2026-03-28T22:00:00.000Z'],
  ['22:30', '2026-03-28T21:30:00.000Z'],
  ['20:30', '2026-03-29T18:30:00.000Z'],
  ['2026-07-01 03:00', '2026-07-01T01:00:00.000Z'],
  ['2026-03-29T02:30', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
  ['2030-01-31T22:00:00Z', '2030-01-31T22:00:00.000Z'],
  ['2030-01-31T22:00:00+02:00', '2030-01-31T20:00:00.000Z'],
])('--at %s in Berlin is %s', (at, expected) => {
  expect(timingOf({ at }, here)).toEqual({ at: expected });
});

test('another clock may be named', () => {
  expect(timingOf({ at: '22:30', zone: 'America/New_York' }, here)).toEqual({ at: '2026-03-29T02:30:00.000Z' });
  expect(timingOf({ cron: '0 3 * * *' }, here)).toEqual({ cron: '0 3 * * *', zone: 'Europe/Berlin' });
  expect(timingOf({ cron: '0 3 * * *', zone: 'UTC', missed: 'all:3' }, here)).toEqual({
    cron: '0 3 * * *',
    zone: 'UTC',
    missed: { policy: 'all', most: 3 },
  });
  expect(timingOf({ cron: '0 3 * * *', missed: 'all' }, here)?.missed).toEqual({ policy: 'all', most: 10 });
  expect(timingOf({ cron: '0 3 * * *', missed: 'skip' }, here)?.missed).toEqual({ policy: 'skip' });
});

test('without a time it is now', () => expect(timingOf({}, here)).toBeNull());

test.each([
  [{ at: '22:30', cron: '0 3 * * *' }, /not both/],
  [{ zone: 'UTC' }, /need --at or --cron/],
  [{ missed: 'once' }, /need --at or --cron/],
  [{ cron: '0 3 * * *', missed: 'maybe' }, /--missed takes/],
  [{ cron: '0 3 * * *', missed: 'all:0' }, /--missed takes/],
  [{ cron: '0 3 * * *', missed: 'once:2' }, /--missed takes/],
  [{ at: 'tomorrow' }, /is no moment/],
  [{ at: '25:00' }, /is no moment/],
  [{ at: '2026-02-30 10:00' }, /no such day/],
  [{ at: '22:30', zone: 'Mars/Olympus' }, /no time zone/],
])('%j is wrong', (options, message) => {
  expect(() => timingOf(options, here)).toThrow(
    expect.objectContaining({ code: 'input.invalid', message: expect.stringMatching(message) as string }),
  );
});
