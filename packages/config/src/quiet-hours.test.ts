import { expect, test } from 'vitest';
import { QuietHoursSetting, quietHoursOf, quietUntil } from './quiet-hours.ts';

const at = (time: string, day = 12): number => new Date(`2026-11-${day}T${time}:00`).getTime();

test('a span of the day lasts from its first minute to before its last', () => {
  const spans = quietHoursOf('08:00-18:30');
  expect([at('07:59'), at('18:30')].map((it) => quietUntil(spans, it))).toEqual([null, null]);
  expect([at('08:00'), at('18:29')].map((it) => quietUntil(spans, it))).toEqual([at('18:30'), at('18:30')]);
});

test('a span may go over midnight, and the longest of several counts', () => {
  const night = quietHoursOf('22:00-07:00');
  expect([at('23:00'), at('06:59'), at('07:00')].map((it) => quietUntil(night, it))).toEqual([
    at('07:00', 13),
    at('07:00'),
    null,
  ]);
  expect(quietUntil(quietHoursOf(['08:00-12:00', '11:00-13:00']), at('11:30'))).toBe(at('13:00'));
  expect(quietUntil(quietHoursOf(undefined), at('11:30'))).toBeNull();
});

test('anything else is refused', () => {
  for (const text of ['8-18', '24:00-07:00', 'nights', '08:00-18:60'])
    expect(QuietHoursSetting.safeParse(text).success).toBe(false);
});
