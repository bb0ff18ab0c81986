/** So many steps may one claim win: the ids of its events differ in the last three hexadecimal digits of the one that was made for it. */
export const mostClaimed = 0x1000;

/** How many steps a claim may win. */
export const limitOf = ({ limit }: { readonly limit: number }): number => Math.min(limit, mostClaimed);

const digits = 3;
const own = 36 - digits;

/** The id of the `n`-th event of a claim, from 1, made from the one id of the claim. */
export const claimId = (id: string, n: number): string => id.slice(0, own) + (n - 1).toString(16).padStart(digits, '0');

/** The same in SQL for PostgreSQL; a claim asks for many steps and mostly wins few, so the ids are not sent. */
export const claimIdText = (id: string, n: string): string =>
  `left(${id}, ${own}) || lpad(to_hex(${n} - 1), ${digits}, '0')`;
