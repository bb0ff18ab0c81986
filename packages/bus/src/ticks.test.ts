import fc from 'fast-check';
import type { Timing } from '@hive/events';
import { describe, expect, test } from 'vitest';
import { assertTiming, dueTicks, lastTicks, nextTick } from './ticks.ts';

const every = (cron: string, zone = 'UTC'): Timing => ({ cron, zone });

/** The moments of a window, one after the other. */
const between = (timing: Timing, since: string, until: string): string[] => {
  const found: string[] = [];
  for (let tick = nextTick(timing, since); tick !== null && tick <= until; tick = nextTick(timing, tick))
    found.push(tick);
  return found;
};

describe('a time that does not exist comes at the next one that does, a doubled one comes once', () => {
  test.each([
    [
      'Berlin leaps from 2 to 3',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00.000Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      'Berlin shows 2 to 3 twice',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00.000Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    [
      'several hours, one of them doubled',
      '45 1,2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00.000Z',
      ['2026-10-24T23:45:00.000Z', '2026-10-25T00:45:00.000Z', '2026-10-26T00:45:00.000Z'],
    ],
    [
      'New York leaps at 2',
      '15 2 * * *',
      'America/New_York',
      '2026-03-07T12:00:00.000Z',
      ['2026-03-08T07:00:00.000Z', '2026-03-09T06:15:00.000Z'],
    ],
    [
      'New York shows 1 to 2 twice',
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T12:00:00.000Z',
      ['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z'],
    ],
    [
      'Lord Howe leaps by half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00.000Z',
      ['2026-10-03T15:30:00.000Z', '2026-10-04T15:15:00.000Z'],
    ],
    [
      'Santiago leaps at midnight',
      '0 0 * * *',
      'America/Santiago',
      '2026-09-05T12:00:00.000Z',
      ['2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z'],
    ],
    [
      'every hour through a doubled one',
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:30:00.000Z',
      ['2026-10-25T00:00:00.000Z', '2026-10-25T02:00:00.000Z'],
    ],
  ])('%s', (_, cron, zone, since, expected) => {
    let tick = since;
    for (const wanted of expected) expect((tick = nextTick(every(cron, zone), tick) ?? '')).toBe(wanted);
  });
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kolkata',
  'Africa/Cairo',
];
const crons = ['30 2 * * *', '0 0 * * *', '*/20 * * * *', '15 * * * *', '0 22 * * 1-5', '45 1,2,3 * * *', '0 0 1 * *'];
/** Around the changes of clocks of one year, and anywhere else. */
const moments = fc.oneof(
  fc
    .constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-09-06', '2026-10-04', '2026-10-25', '2026-11-01')
    .chain((day) => fc.integer({ min: -1500, max: 1500 }).map((minutes) => Date.parse(day) + minutes * 60_000)),
  fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2028-01-01') }),
);
const anything = fc.record({
  timing: fc.record({ cron: fc.constantFrom(...crons), zone: fc.constantFrom(...zones) }),
  from: moments,
  hours: fc.integer({ min: 1, max: 60 }),
});
const iso = (ms: number): string => new Date(ms).toISOString();

test('looking from any moment finds the same moments, forwards and backwards, and no local time twice', () => {
  fc.assert(
    fc.property(anything, fc.double({ min: 0, max: 1, noNaN: true }), ({ timing, from, hours }, share) => {
      const [since, until] = [iso(from), iso(from + hours * 3_600_000)];
      const whole = between(timing, since, until);
      const middle = iso(Math.round(from + share * hours * 3_600_000));
      expect([...between(timing, since, middle), ...between(timing, middle, until)]).toEqual(whole);
      expect(lastTicks(timing, { since, until, most: 1000 })).toEqual(whole);
      expect(lastTicks(timing, { since, until, most: 2 })).toEqual(whole.slice(-2));
      const clock = new Intl.DateTimeFormat('sv', { timeZone: timing.zone, dateStyle: 'short', timeStyle: 'short' });
      const shown = whole.map((tick) => clock.format(new Date(tick)));
      expect(new Set(shown).size).toBe(shown.length);
    }),
    { numRuns: 60 },
  );
});

test('however often and whenever somebody looks, every moment is answered once, in order', () => {
  fc.assert(
    fc.property(
      anything,
      fc.array(fc.integer({ min: 1, max: 50_000 }), { maxLength: 60 }),
      ({ timing, from }, gaps) => {
        let [since, now] = [iso(from), from];
        const fired: string[] = [];
        for (const seconds of gaps) {
          now += seconds * 1000;
          const { fire, skip } = dueTicks(timing, { policy: 'all', most: 100 }, { since, now: iso(now) });
          expect(skip).toBeNull();
          fired.push(...fire);
          since = fire.at(-1) ?? since;
        }
        expect(fired).toEqual(between(timing, iso(from), iso(now)).slice(-fired.length || Infinity));
        if (gaps.every((seconds) => seconds < 1200 * 90))
          expect(fired.length).toBe(between(timing, iso(from), iso(now)).length);
      },
    ),
    { numRuns: 20 },
  );
});

describe('what was missed', () => {
  const hourly = every('0 * * * *');
  const night = { since: '2026-01-01T00:00:00.000Z', now: '2026-01-01T05:30:00.000Z' };
  test('is answered once, for the latest of them', () =>
    expect(dueTicks(hourly, { policy: 'once' }, night)).toEqual({ fire: ['2026-01-01T05:00:00.000Z'], skip: null }));
  test('is answered for all of them, the latest n', () =>
    expect(dueTicks(hourly, { policy: 'all', most: 2 }, night)).toEqual({
      fire: ['2026-01-01T04:00:00.000Z', '2026-01-01T05:00:00.000Z'],
      skip: null,
    }));
  test('is passed over, and said so', () =>
    expect(dueTicks(hourly, { policy: 'skip' }, night)).toEqual({ fire: [], skip: '2026-01-01T05:00:00.000Z' }));
  test('is not what is a few seconds late', () =>
    expect(dueTicks(hourly, { policy: 'skip' }, { ...night, now: '2026-01-01T05:00:30.000Z' })).toEqual({
      fire: ['2026-01-01T05:00:00.000Z'],
      skip: null,
    }));
  test('after a year of downtime is found at once', () => {
    const began = performance.now();
    expect(
      dueTicks(
        every('* * * * *', 'Europe/Berlin'),
        { policy: 'once' },
        { since: '2025-01-01T00:00:00.000Z', now: '2026-01-01T00:00:30.000Z' },
      ).fire,
    ).toEqual(['2026-01-01T00:00:00.000Z']);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
  test('nothing is due before its moment, and a single moment comes once', () => {
    const at: Timing = { at: '2026-01-01T03:00:00.000Z' };
    const look = (since: string, now: string) => dueTicks(at, { policy: 'once' }, { since, now }).fire;
    expect(look(night.since, '2026-01-01T02:59:59.999Z')).toEqual([]);
    expect(look(night.since, '2026-01-01T03:00:00.000Z')).toEqual([at.at]);
    expect(look(at.at, night.now)).toEqual([]);
  });
});

test.each([
  [every('0 22 * *'), /five fields/],
  [every('0 0 22 * * *'), /five fields/],
  [every('61 * * * *'), /"61 \* \* \* \*" is no cron expression: Invalid value for minute/],
  [every('a b c d e'), /is no cron expression/],
  [every('0 0 30 2 *'), /never comes/],
  [every('0 0 * * *', 'Mars/Olympus'), /There is no time zone Mars\/Olympus/],
  [every('0 0 * * *', '+02:00'), /There is no time zone/],
])('%j is refused', (timing, message) => {
  expect(() => assertTiming(timing)).toThrow(
    expect.objectContaining({ code: 'input.invalid', message: expect.stringMatching(message) as string }),
  );
});

test('good timing is not refused', () => {
  for (const timing of [
    every('0 22 * * 1-5', 'Europe/Berlin'),
    every('*/5 * * * *'),
    { at: '2026-01-01T00:00:00.000Z' },
  ])
    expect(() => assertTiming(timing)).not.toThrow();
});
