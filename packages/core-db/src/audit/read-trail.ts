import { createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HiveError } from '@hive/errors';
import type { AuditFiles } from './audit-files.ts';
import { fingerprintOf, isSignedBy, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';

/** A checkpoint whose signature is good, with its marks as bytes. */
export type SealedPlace = Pick<SignedCheckpoint, 'eventId' | 'count' | 'hash' | 'at'> & { readonly marks: Buffer };

/** The checkpoint file as it was read, to be compared with the log. */
export type AuditTrail = {
  readonly files: TrailFiles;
  readonly key: string;
  readonly places: readonly SealedPlace[];
  /** What is wrong with the file itself. */
  readonly faults: readonly string[];
};

/** What is read: a home's own files, or a copy that was kept elsewhere and may be older than the log. */
export type TrailFiles = AuditFiles & { readonly copied: boolean };

/**
 * Reads a checkpoint file and checks its signatures and the order of its lines; null when there is none. Read it before the log is looked
 * at: what is sealed after that is then in the log and not in the trail, which is no fault.
 */
export const readTrail = async (files: TrailFiles): Promise<AuditTrail | null> => {
  const { checkpoints, publicKey } = files;
  if (!existsSync(checkpoints)) return null;
  const key = readPublicKey(publicKey);
  const places: SealedPlace[] = [];
  const faults: string[] = [];
  let before: SignedCheckpoint | null = null;
  let number = 0;
  for await (const { line, whole } of linesOf(checkpoints)) {
    number += 1;
    const found = whole ? parseCheckpoint(line) : null;
    // A crash may tear the last line; the sealer makes it anew.
    if (!whole) continue;
    const fault = found ? faultOf(found, before, key) : 'is no checkpoint';
    if (fault) faults.push(`line ${number} of ${checkpoints} ${fault}`);
    if (!found || !isSignedBy(found, key)) continue;
    if (!before || found.count > before.count)
      places.push({
        eventId: found.eventId,
        count: found.count,
        hash: found.hash,
        at: found.at,
        marks: Buffer.from(found.marks, 'base64'),
      });
    before = found;
  }
  return { files, key: fingerprintOf(key), places, faults };
};

const faultOf = (found: SignedCheckpoint, before: SignedCheckpoint | null, key: KeyObject): string | null => {
  if (!isSignedBy(found, key))
    return `(the checkpoint at ${found.count}) was not signed with the key of ${fingerprintOf(key)}`;
  if (found.previous !== (before?.hash ?? null))
    return `(the checkpoint at ${found.count}) does not follow the one before it: a line was removed or moved`;
  return null;
};

const readPublicKey = (path: string): KeyObject => {
  let cause: unknown;
  try {
    const key = createPublicKey(readFileSync(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    cause = error;
  }
  throw new HiveError(
    'input.invalid',
    `${path} holds no Ed25519 public key; give the key.pub.pem that belongs to the checkpoints`,
    {
      cause,
    },
  );
};

async function* linesOf(path: string): AsyncGenerator<{ readonly line: string; readonly whole: boolean }> {
  let held: string | null = null;
  let last = '';
  const bytes = createReadStream(path);
  bytes.on('data', (chunk) => (last = chunk.toString('latin1').slice(-1)));
  for await (const line of createInterface({ input: bytes, crlfDelay: Infinity })) {
    if (held !== null) yield { line: held, whole: true };
    held = line;
  }
  if (held !== null) yield { line: held, whole: last === '\n' };
}
