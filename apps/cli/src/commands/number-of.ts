import { HiveError } from '@hive/errors';

/** The whole number of an option, from 0 up; undefined when it was not given. */
export const numberOf = (flag: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HiveError('input.invalid', `${flag} takes a whole number, and found ${text}`);
};
