// Dates as text, by a pattern of letters.

import { weekday } from './plain-date.js';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const two = (number) => String(number).padStart(2, '0');

const fields = {
  yyyy: ({ year }) => String(year).padStart(4, '0'),
  yy: ({ year }) => two(year % 100),
  MMMM: ({ month }) => MONTHS[month - 1],
  MMM: ({ month }) => MONTHS[month - 1].slice(0, 3),
  MM: ({ month }) => two(month),
  M: ({ month }) => String(month),
  dd: ({ day }) => two(day),
  d: ({ day }) => String(day),
  EEEE: (date) => WEEKDAYS[weekday(date) - 1],
  EEE: (date) => WEEKDAYS[weekday(date) - 1].slice(0, 3),
};

/**
 * Replaces runs of `y`, `M`, `d` and `E` by the fields of the date; text between single quotes stays as it is,
 * and '' is one quote. Throws a RangeError for a run that has no meaning, such as `yyy`.
 */
export const formatDate = (date, pattern) =>
  pattern.replace(/'([^']*)'|([yMdE])\2*/g, (run, quoted) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted;
    const field = fields[run];
    if (!field) throw new RangeError(`unknown field "${run}" in "${pattern}"`);
    return field(date);
  });
