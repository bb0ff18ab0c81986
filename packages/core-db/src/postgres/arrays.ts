/** What an array may hold. */
export type Element = string | number | null;

/** Needs no quotes inside of an array. */
const isPlain = /^[\w./:@+=-]+$/;

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const element = (value: Element): string => {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return isPlain.test(value) && (value.length !== 4 || value.toUpperCase() !== 'NULL') ? value : quoted(value);
};

/**
 * An array as the text that PostgreSQL reads. The driver writes each element with quotes and looks at each of its letters, which took a third
 * of the time of a batch; most of what is sent here are ids and numbers.
 */
export const arrayOf = <T>(rows: readonly T[], of: (row: T) => Element): string => {
  if (rows.length === 0) return '{}';
  let text = '{';
  for (const row of rows) text += `${text.length > 1 ? ',' : ''}${element(of(row))}`;
  return `${text}}`;
};

/** Between texts that hold no control characters, such as JSON, where they are escaped. */
export const separator = '\u0001';

/** Many JSON texts as one, for `string_to_array`; an empty one stands for none. Null when there is none at all. */
export const joined = <T>(rows: readonly T[], of: (row: T) => string | null): string | null => {
  let isAny = false;
  let text = '';
  for (const [i, row] of rows.entries()) {
    const json = of(row);
    isAny ||= json !== null;
    text += `${i > 0 ? separator : ''}${json ?? ''}`;
  }
  return isAny ? text : null;
};
