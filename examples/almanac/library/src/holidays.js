// Holidays by rule, so that a calendar holds for every year.

import { addDays, daysInMonth, plainDate, weekday } from './plain-date.js';

/** Easter Sunday of a Gregorian year. (Anonymous algorithm, Nature 1876) */
export const easterSunday = (year) => {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return plainDate(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
};

/** The nth given weekday of a month, counted from its end when `nth` is negative: `nthWeekday(2024, 5, 1, -1)` is its last Monday. */
export const nthWeekday = (year, month, day, nth) => {
  if (nth > 0) {
    const first = plainDate(year, month, 1);
    return addDays(first, ((day - weekday(first) + 7) % 7) + (nth - 1) * 7);
  }
  const last = plainDate(year, month, daysInMonth(year, month));
  return addDays(last, -((weekday(last) - day + 7) % 7) + (nth + 1) * 7);
};

const fixed = (name, month, day) => ({ name, on: (year) => plainDate(year, month, day) });
const fromEaster = (name, days) => ({ name, on: (year) => addDays(easterSunday(year), days) });

/** The nine holidays that all of Germany shares. */
export const germanHolidays = [
  fixed('New Year', 1, 1),
  fromEaster('Good Friday', -2),
  fromEaster('Easter Monday', 1),
  fixed('Labour Day', 5, 1),
  fromEaster('Ascension Day', 39),
  fromEaster('Whit Monday', 50),
  fixed('German Unity Day', 10, 3),
  fixed('Christmas Day', 12, 25),
  fixed('Second Day of Christmas', 12, 26),
];

/** The holidays of a year, in the order of the calendar: [{ name, date }]. */
export const holidaysOf = (year, rules) =>
  rules
    .map(({ name, on }) => ({ name, date: on(year) }))
    .sort((a, b) => a.date.month - b.date.month || a.date.day - b.date.day);
