import { HiveError } from '@hive/errors';

type Range = { readonly least?: number; readonly most?: number };

/** The whole number of an option, from 0 up unless a range is named; undefined when it was not given. */
export const numberOf = (
  flag: string,
  text: string | undefined,
  { least = 0, most = Infinity }: Range = {},
): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  const range = most === Infinity ? (least === 0 ? '' : ` from ${least} up`) : ` from ${least} to ${most}`;
  throw new HiveError('input.invalid', `${flag} takes a whole number${range}, and found ${text}`);
};
