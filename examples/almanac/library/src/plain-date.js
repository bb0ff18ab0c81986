// A plain date is a frozen { year, month, day }. All arithmetic goes through its epoch day:
// the number of days since 1 January 1970, counted in the Gregorian calendar.

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_PER_ERA = 146_097;
const DAYS_FROM_0000_03_01_TO_1970 = 719_468;

/** Whether February has 29 days in `year`. */
export const isLeapYear = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** The number of days of a month; `month` counts from 1. */
export const daysInMonth = (year, month) => (month === 2 && isLeapYear(year) ? 29 : MONTH_LENGTHS[month - 1]);

/** A date that exists. Throws a RangeError for one that does not. */
export const plainDate = (year, month, day) => {
  if (![year, month, day].every(Number.isInteger)) throw new RangeError(`not a date: ${year}-${month}-${day}`);
  if (month < 1 || month > 12) throw new RangeError(`no such month: ${month}`);
  if (day < 1 || day > daysInMonth(year, month)) throw new RangeError(`no such day: ${year}-${month}-${day}`);
  return Object.freeze({ year, month, day });
};

/** Days since 1 January 1970; negative before it. (Howard Hinnant, "chrono-compatible low-level date algorithms") */
export const toEpochDay = ({ year, month, day }) => {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfShiftedYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfShiftedYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_FROM_0000_03_01_TO_1970;
};

/** The date of an epoch day; the inverse of `toEpochDay`. */
export const fromEpochDay = (epochDay) => {
  const days = epochDay + DAYS_FROM_0000_03_01_TO_1970;
  const era = Math.floor(days / DAYS_PER_ERA);
  const dayOfEra = days - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfShiftedYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfShiftedYear + 2) / 153);
  const day = dayOfShiftedYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return plainDate(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day);
};

/** The date `days` later, or earlier when negative. */
export const addDays = (date, days) => fromEpochDay(toEpochDay(date) + days);

/** The same day of the month `months` later, or earlier when negative. */
export const addMonths = (date, months) => {
  const total = date.year * 12 + (date.month - 1) + months;
  const first = plainDate(Math.floor(total / 12), (((total % 12) + 12) % 12) + 1, 1);
  return addDays(first, date.day - 1);
};

/** The same day `years` later, or earlier when negative. */
export const addYears = (date, years) => addMonths(date, years * 12);

/** Days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from, to) => toEpochDay(to) - toEpochDay(from);

/** For `sort`: negative when `a` is earlier, 0 for the same day. */
export const compareDates = (a, b) => toEpochDay(a) - toEpochDay(b);

/** 1 for Monday to 7 for Sunday, as ISO 8601 counts. */
export const weekday = (date) => ((((toEpochDay(date) + 3) % 7) + 7) % 7) + 1;

/** 1 for 1 January, 365 or 366 for 31 December. */
export const dayOfYear = (date) => daysBetween(plainDate(date.year, 1, 1), date) + 1;

/** `2024-02-09` */
export const toIso = ({ year, month, day }) =>
  [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
