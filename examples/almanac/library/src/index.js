// Everything that almanac offers, by the file that it lives in.

export {
  addDays,
  addMonths,
  addYears,
  compareDates,
  dayOfYear,
  daysBetween,
  daysInMonth,
  fromEpochDay,
  isLeapYear,
  plainDate,
  toEpochDay,
  toIso,
  weekday,
} from './plain-date.js';

export { parseDate } from './parse.js';

export { formatDate } from './format.js';

export { addDuration, formatDuration, parseDuration } from './duration.js';

export { mondayOfWeek, weekOf, weeksInYear } from './week.js';

export { occurrences } from './recurrence.js';

export { easterSunday, germanHolidays, holidaysOf, nthWeekday } from './holidays.js';

export { addWorkdays, isWorkday, workdaysBetween } from './workdays.js';
