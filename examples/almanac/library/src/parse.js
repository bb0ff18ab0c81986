// Dates as people and logs write them. One reader per way of writing; the first that understands the text wins.

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const monthOf = (name) => MONTH_NAMES.indexOf(name.slice(0, 3).toLowerCase()) + 1;

const readers = [
  // 2024-02-09
  { pattern: /^(\d{4})-(\d{2})-(\d{2})$/, read: ([, year, month, day]) => [year, month, day] },
  // 9.2.2024
  { pattern: /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, read: ([, day, month, year]) => [year, month, day] },
  // 2/9/2024
  { pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, read: ([, month, day, year]) => [year, month, day] },
  // 9 Feb 2024, 9 February 2024
  { pattern: /^(\d{1,2}) ([a-z]{3,9}) (\d{4})$/i, read: ([, day, name, year]) => [year, monthOf(name), day] },
  // Feb 9, 2024
  { pattern: /^([a-z]{3,9}) (\d{1,2}), (\d{4})$/i, read: ([, name, day, year]) => [year, monthOf(name), day] },
];

/**
 * The date that a text names: `2024-02-09`, `9.2.2024`, `2/9/2024`, `9 Feb 2024` or `Feb 9, 2024`.
 * Throws a RangeError that quotes the text when it is no date.
 */
export const parseDate = (text) => {
  const trimmed = text.trim();
  for (const { pattern, read } of readers) {
    const match = pattern.exec(trimmed);
    if (!match) continue;
    const [year, month, day] = read(match).map(Number);
    if (month < 1 || month > 12 || day < 1 || day > 31) break;
    return Object.freeze({ year, month, day });
  }
  throw new RangeError(`not a date: "${text}"`);
};
