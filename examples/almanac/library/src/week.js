// Weeks as ISO 8601 numbers them: they begin on Monday, and week 1 is the one with 4 January in it.

import { addDays, dayOfYear, plainDate, weekday } from './plain-date.js';

/** The week of a date, with the year that the week belongs to. */
export const weekOf = (date) => {
  const week = Math.floor((dayOfYear(date) - weekday(date) + 10) / 7);
  return { year: date.year, week };
};

/** The number of weeks of a year, 52 or 53: as many as it has Thursdays. */
export const weeksInYear = (year) => {
  const lastDay = weekday(plainDate(year, 12, 31));
  const firstDay = weekday(plainDate(year, 1, 1));
  return firstDay === 4 || lastDay === 4 ? 53 : 52;
};

/** The Monday on which a week begins. Throws a RangeError when the year has no such week. */
export const mondayOfWeek = (year, week) => {
  if (week < 1 || week > weeksInYear(year)) throw new RangeError(`no such week: ${year}-W${week}`);
  const fourth = plainDate(year, 1, 4);
  return addDays(fourth, 1 - weekday(fourth) + (week - 1) * 7);
};
