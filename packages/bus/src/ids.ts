import { createHash } from 'node:crypto';
import { v7 } from 'uuid';

/** A new uuid, version 7 (RFC 9562): ordered by the time of its making. */
export const newId = (): string => v7();

/**
 * The id that this seed always gives: same time part as `cause` (a uuid version 7), the rest from the SHA-256 of cause and seed.
 * Whoever repeats a reaction makes the same ids, and the store recognises them.
 */
export const derivedId = (cause: string, seed: string): string => {
  const hash = createHash('sha256').update(cause).update('\u0000').update(seed).digest('hex');
  const variant = ((parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${cause.slice(0, 13)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
};
