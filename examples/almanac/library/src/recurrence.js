// Series of dates: every second week, the last day of each month, each 29 February.

import { addDays, addMonths, addYears, compareDates } from './plain-date.js';

const steps = {
  day: (date, count) => addDays(date, count),
  week: (date, count) => addDays(date, count * 7),
  month: (date, count) => addMonths(date, count),
  year: (date, count) => addYears(date, count),
};

const checkRule = ({ every, interval, count, until }) => {
  if (!(every in steps)) throw new RangeError(`cannot repeat every "${every}"`);
  if (!Number.isInteger(interval) || interval < 1) throw new RangeError(`not an interval: ${interval}`);
  if (count === undefined && until === undefined) throw new RangeError('a series needs a count or an end');
};

/**
 * The dates of a series, first one included.
 * `every` is day, week, month or year; `interval` 2 means every second; it ends after `count` dates or with `until`.
 */
export const occurrences = (start, { every, interval = 1, count, until }) => {
  checkRule({ every, interval, count, until });
  const dates = [];
  let date = start;
  while ((count === undefined || dates.length < count) && (until === undefined || compareDates(date, until) <= 0)) {
    dates.push(date);
    date = steps[every](date, interval);
  }
  return dates;
};
