// Monday to Friday, without holidays.

import { holidaysOf } from './holidays.js';
import { addDays, compareDates, toIso, weekday } from './plain-date.js';

/** A lookup for one set of rules; a year's holidays are worked out when the first of its dates is asked for. */
const holidayLookup = (rules) => {
  const years = new Map();
  return (date) => {
    if (!years.has(date.year))
      years.set(date.year, new Set(holidaysOf(date.year, rules).map((day) => toIso(day.date))));
    return years.get(date.year).has(toIso(date));
  };
};

const isFree = (date, isHoliday) => weekday(date) > 5 || isHoliday(date);

/** Whether people work on that date. */
export const isWorkday = (date, holidays = []) => !isFree(date, holidayLookup(holidays));

/** The date `count` workdays later, or earlier when negative; 0 is the date itself, free or not. */
export const addWorkdays = (date, count, holidays = []) => {
  const isHoliday = holidayLookup(holidays);
  const step = Math.sign(count);
  let [current, left] = [date, Math.abs(count)];
  while (left > 0) {
    current = addDays(current, step);
    if (!isFree(current, isHoliday)) left -= 1;
  }
  return current;
};

/** The workdays after `from` up to and including `to`; negative when `to` is earlier. */
export const workdaysBetween = (from, to, holidays = []) => {
  if (compareDates(from, to) > 0) return -workdaysBetween(to, from, holidays) || 0;
  const isHoliday = holidayLookup(holidays);
  let count = 0;
  for (let date = addDays(from, 1); compareDates(date, to) <= 0; date = addDays(date, 1)) {
    if (!isFree(date, isHoliday)) count += 1;
  }
  return count;
};
