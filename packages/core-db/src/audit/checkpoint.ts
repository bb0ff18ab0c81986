import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';

/** Where the chain of hashes stood once, signed. One line of the checkpoint file. */
export type Checkpoint = {
  /** The address of the last event that it covers, when it was made. A restored store has new addresses; the id stays. */
  readonly position: number;
  readonly eventId: string;
  /** How many events the chain covers, from the first of the log. */
  readonly count: number;
  readonly hash: string;
  /** The time of the store. */
  readonly at: string;
  /** The hash of the checkpoint before; null for the first. */
  readonly previous: string | null;
  /** The beginnings of the hashes since the checkpoint before, in base64: they tell which event was the first to be touched. */
  readonly marks: string;
  /** Which key signed, see {@link fingerprintOf}. */
  readonly key: string;
};

export type SignedCheckpoint = Checkpoint & { readonly signature: string };

/** A short name of a public key: the first 16 bytes of its SHA-256, in hex. */
export const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicOf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);

const publicOf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** Signs with Ed25519 over the canonical JSON of all other fields. */
export const signCheckpoint = (checkpoint: Checkpoint, privateKey: KeyObject): SignedCheckpoint => ({
  ...checkpoint,
  signature: sign(null, Buffer.from(canonicalJson(checkpoint)), privateKey).toString('base64'),
});

/** True when exactly this checkpoint was signed by the owner of the key. */
export const isSignedBy = ({ signature, ...checkpoint }: SignedCheckpoint, publicKey: KeyObject): boolean =>
  verify(null, Buffer.from(canonicalJson(checkpoint)), publicKey, Buffer.from(signature, 'base64'));

/** The checkpoint of a line; null for a line that is none. */
export const parseCheckpoint = (line: string): SignedCheckpoint | null => {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof found !== 'object' || found === null) return null;
  const it = found as Partial<SignedCheckpoint>;
  const isWhole =
    [it.position, it.count].every((number) => Number.isSafeInteger(number)) &&
    [it.eventId, it.hash, it.at, it.marks, it.key, it.signature].every((text) => typeof text === 'string') &&
    (it.previous === null || typeof it.previous === 'string');
  return isWhole ? (it as SignedCheckpoint) : null;
};
