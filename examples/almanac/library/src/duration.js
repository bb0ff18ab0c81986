// Spans of the calendar, as ISO 8601 writes them: P1Y2M3W4D. No hours: a plain date has none.

import { addDays } from './plain-date.js';

const DURATION = /^(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/;
const UNITS = ['years', 'months', 'weeks', 'days'];

/** { years, months, weeks, days } of a text such as `P1Y6M` or `-P2W`. Throws a RangeError when it is no duration. */
export const parseDuration = (text) => {
  const match = DURATION.exec(text);
  if (!match) throw new RangeError(`not a duration: "${text}"`);
  const [, sign, ...counts] = match;
  const amount = (count) => (count === undefined ? 0 : Number(`${sign}${count}`)) || 0;
  return Object.freeze(Object.fromEntries(UNITS.map((unit, index) => [unit, amount(counts[index])])));
};

/** The duration in words, largest unit first: `1 year, 2 days`. */
export const formatDuration = (duration) => {
  const parts = UNITS.filter((unit) => duration[unit] !== 0).map((unit) => {
    const count = duration[unit];
    return `${count} ${Math.abs(count) === 1 ? unit.slice(0, -1) : unit}`;
  });
  return parts.join(', ') || '0 days';
};

/** The date a duration later. Weeks and days only: a RangeError says so for years and months. */
export const addDuration = (date, duration) => {
  if (duration.years !== 0 || duration.months !== 0) throw new RangeError('cannot add years or months to a date');
  return addDays(date, duration.weeks * 7 + duration.days);
};
