import { createHash, randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

// The system's random bytes are asked for by the page: a call for each id cost four times as much as all the rest of it.
const random = new Uint8Array(4096);
let used = random.length;
let msecs = 0;
let seq = 0;

/** A new uuid, version 7 (RFC 9562): ordered by the time of its making, also within a millisecond of this process. */
export const newId = (): string => {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const own = random.subarray(used, (used += 16));
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // The highest bit stays free, so that what follows in this millisecond can be counted.
    seq = new DataView(own.buffer, own.byteOffset).getUint32(0) >>> 1;
  } else seq += 1;
  return v7({ random: own, msecs, seq });
};

/**
 * The id that this seed always gives: same time part as `cause` (a uuid version 7), the rest from the SHA-256 of cause and seed.
 * Whoever repeats a reaction makes the same ids, and the store recognises them.
 */
export const derivedId = (cause: string, seed: string): string => {
  const hash = createHash('sha256').update(cause).update('\u0000').update(seed).digest('hex');
  const variant = ((parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${cause.slice(0, 13)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
};
