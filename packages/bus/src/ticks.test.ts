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

describe('what the clock leaps over comes once, at the first moment after the leap', () => {
  const berlin = ['Europe/Berlin', '2027-03-28T00:00:00.000Z', '2027-03-28T02:59:00.000Z'] as const;
  const lordHowe = ['Australia/Lord_Howe', '2026-10-03T15:00:00.000Z', '2026-10-03T16:29:00.000Z'] as const;
  const cairo = ['Africa/Cairo', '2026-04-23T21:00:00.000Z', '2026-04-23T23:59:00.000Z'] as const;
  const apia = ['Pacific/Apia', '2011-12-30T07:00:00.000Z', '2011-12-30T10:59:00.000Z'] as const;
  test.each([
    ['15,45 2 28 3 *', ...berlin, ['01:00']],
    ['0,30 2 * * *', ...berlin, ['01:00']],
    ['*/30 2 * * *', ...berlin, ['01:00']],
    ['0-10 2 * * *', ...berlin, ['01:00']],
    ['* 2 * * *', ...berlin, ['01:00']],
    ['30 2,4 * * *', ...berlin, ['01:00', '02:30']],
    ['30 2,3 * * *', ...berlin, ['01:00', '01:30']],
    ['30 */2 * * *', ...berlin, ['01:00', '02:30']],
    ['15,45 2 * * *', ...lordHowe, ['15:30', '15:45']],
    ['0,15 2 * * *', ...lordHowe, ['15:30']],
    ['0,15,30 2 * * *', ...lordHowe, ['15:30']],
    ['15,45 0 * * *', ...cairo, ['22:00']],
    ['15,45 0 24 4 *', ...cairo, ['22:00']],
    ['15,45 9,10 30 12 *', ...apia, ['10:00']],
  ])('%s in %s', (cron, zone, since, until, expected) => {
    expect(between(every(cron, zone), since, until).map((tick) => tick.slice(11, 16))).toEqual(expected);
  });

  test.each([
    ['*/10 * * * *', ...berlin, ['00:10', '00:20', '00:30', '00:40', '00:50', '01:00', '01:10']],
    ['0 * * * *', ...berlin, ['01:00', '02:00']],
    ['30 * * * *', ...berlin, ['00:30', '01:30', '02:30']],
    ['5-59/20 * * * *', ...berlin, ['00:05', '00:25', '00:45', '01:05', '01:25', '01:45']],
    ['15 * * * *', ...lordHowe, ['16:15']],
    ['45 * * * *', ...cairo, ['21:45', '22:45', '23:45']],
  ])('%s in %s goes on by itself, and nothing is made up', (cron, zone, since, until, expected) => {
    const ticks = between(every(cron, zone), since, until).map((tick) => tick.slice(11, 16));
    expect(ticks.slice(0, expected.length)).toEqual(expected);
  });

  test('an hourly one that has no day after the leap comes there once', () =>
    expect(between(every('15 * 30 12 *', 'Pacific/Apia'), apia[1], apia[2])).toEqual(['2011-12-30T10:00:00.000Z']));
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kolkata',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Sao_Paulo',
];
const crons = [
  ...['30 2 * * *', '0 0 * * *', '*/20 * * * *', '15 * * * *', '0 22 * * 1-5', '45 1,2,3 * * *', '0 0 1 * *'],
  ...['15,45 2 * * *', '*/30 0 * * *', '0-10 2 * * *', '*/5 0-2 * * *', '30 */2 * * *', '5-59/10 * * * *'],
];
const changes = [
  ...['2026-03-08', '2026-03-29', '2026-04-05', '2026-04-24', '2026-09-06', '2026-10-04', '2026-10-25', '2026-10-30'],
  ...['2026-11-01', '2018-11-04', '2018-02-18'],
];
/** Around the changes of clocks, and anywhere else. */
const moments = fc.oneof(
  fc
    .constantFrom(...changes)
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

const minute = 60_000;
/** Which values a field without names takes. */
const valuesOf = (field: string, [least, most]: readonly [number, number]): Set<number> =>
  new Set(
    field.split(',').flatMap((part) => {
      const [range = '', step = '1'] = part.split('/');
      const [from = least, to = range === '*' ? most : from] = range === '*' ? [] : range.split('-').map(Number);
      return Array.from({ length: Math.floor((to - from) / Number(step)) + 1 }, (_, nth) => from + nth * Number(step));
    }),
  );

test('daily lists come as a clock that is watched minute by minute says, and on every day', () => {
  const minutes = fc.constantFrom('30', '0,30', '15,45', '*/20', '0-10', '50-59/3', '*');
  const hours = fc.constantFrom('0', '2', '0,4', '1-3', '*/2', '2,3', '0,2,23');
  const daily = fc.record({ minutes, hours, zone: fc.constantFrom(...zones), day: fc.constantFrom(...changes) });
  fc.assert(
    fc.property(daily, ({ minutes, hours, zone, day }) => {
      const [since, until] = [Date.parse(day) - 36 * 60 * minute, Date.parse(day) + 60 * 60 * minute];
      const clock = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
      const shownAt = (at: number): number => Date.parse(`${clock.format(at).replace(' ', 'T')}Z`);
      const [ofHour, ofDay] = [valuesOf(minutes, [0, 59]), valuesOf(hours, [0, 23])];
      const fits = (shown: number): boolean =>
        ofHour.has(new Date(shown).getUTCMinutes()) && ofDay.has(new Date(shown).getUTCHours());
      const wanted: string[] = [];
      let seen = Math.max(shownAt(since), shownAt(since - 180 * minute) + 180 * minute);
      for (let at = since + minute; at <= until; at += minute) {
        let isDue = false;
        for (const shown = shownAt(at); seen < shown;) isDue = fits((seen += minute)) || isDue;
        if (isDue) wanted.push(iso(at));
      }
      const timing = every(`${minutes} ${hours} * * *`, zone);
      expect(between(timing, iso(since), iso(until))).toEqual(wanted);
      expect(lastTicks(timing, { since: iso(since), until: iso(until), most: 10_000 })).toEqual(wanted);
      const days = wanted.map((tick) => clock.format(new Date(tick)).slice(0, 10));
      expect(new Set(days).size).toBeGreaterThanOrEqual(3);
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
  [every('61 * * * *'), /"61 \* \* \* \*" is no cron expression: the minute takes 0 to 59, .* and found 61$/],
  [every('0 0 * 13 *'), /the month takes 1 to 12 or JAN to DEC, .* and found 13$/],
  [every('0 0 0 * *'), /the day of the month takes 1 to 31, .* and found 0$/],
  [every('*/90 * * * *'), /the minute takes 0 to 59, .* and found \*\/90$/],
  [every('0 24 * * *'), /the hour takes 0 to 23, .* and found 24$/],
  [every('0 0 * * 8'), /the day of the week takes 0 to 7 or SUN to SAT, .* and found 8$/],
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
