import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { HiveError } from '@hive/errors';
import { origin, type Cursor, type LoggedEvent, type Store } from '../port.ts';
import { auditFiles, auditFolder } from './audit-files.ts';
import { chainHash, chainStart, markOf } from './chain.ts';
import { appendCheckpoint, readEnd } from './checkpoint-file.ts';
import { fingerprintOf, isSignedBy, signCheckpoint, type Checkpoint, type SignedCheckpoint } from './checkpoint.ts';
import { openAuditKey } from './key.ts';
import { alone } from './lock.ts';

/** What a sealer works on, and how often it signs. */
export type SealerOptions = {
  readonly store: Pick<Store, 'events' | 'event' | 'now'>;
  readonly home: string;
  /** Tells the log of a checkpoint that is in the file. Called again for the same one after a crash. */
  readonly record: (checkpoint: SignedCheckpoint) => Promise<void>;
  /** A checkpoint at least every so many events … */
  readonly everyEvents?: number;
  /** … and, when something new was told, at least every so many milliseconds of the store's clock. */
  readonly everyMs?: number;
};

export type Sealer = {
  /** Seals what is due, up to ten checkpoints; answers how many were made. Null: another process is sealing. */
  seal(): Promise<number | null>;
};

const atMost = 10;

/** The chain since the last checkpoint. */
type Progress = {
  readonly last: SignedCheckpoint | null;
  readonly bytes: number;
  cursor: Cursor;
  count: number;
  hash: string;
  marks: string;
  newest: LoggedEvent | null;
  /** Something was told that is not itself a checkpoint; else a quiet log would be sealed for ever. */
  news: boolean;
};

/**
 * Walks the committed events in log order, chains their hashes and signs checkpoints into a file outside of the database
 * (`home/audit/checkpoints.jsonl`). Where it stands is read from that file. Throws `audit.broken` when the file, its key or the log has lost
 * what was sealed; then nothing is sealed until a person has looked.
 */
export const createSealer = ({ store, home, record, everyEvents = 1000, everyMs = 60_000 }: SealerOptions): Sealer => {
  const { checkpoints } = auditFiles(home);
  const { folder, lock } = auditFolder(home);
  let key: KeyObject | null = null;
  let at: Progress | null = null;
  let unrecorded: SignedCheckpoint | null = null;

  const resume = async (signer: KeyObject): Promise<Progress> => {
    const { last, bytes } = readEnd(checkpoints);
    if (last && !isSignedBy(last, signer))
      throw new HiveError('audit.broken', `The last line of ${checkpoints} was not signed with the key beside it`, {
        remedy: 'fix_config',
      });
    unrecorded = last;
    return progressAfter(last, bytes, last ? await cursorOf(last) : origin);
  };

  const cursorOf = async (last: SignedCheckpoint): Promise<Cursor> => {
    const event = await store.event(last.eventId);
    if (event) return event.cursor;
    throw new HiveError(
      'audit.broken',
      `The log has lost event ${last.eventId}, which was sealed as number ${last.count}; run hive verify. After a restore of an older backup, move ${folder} away to begin a new chain`,
      { remedy: 'fix_config' },
    );
  };

  const read = async (from: Progress): Promise<void> => {
    const limit = everyEvents - waiting(from);
    if (limit <= 0) return;
    const page = await store.events({ after: from.cursor, limit });
    for (const event of page.events) {
      from.hash = chainHash(from.hash, event);
      from.marks += markOf(from.hash);
      from.count += 1;
      from.cursor = event.cursor;
      from.newest = event;
      from.news ||= event.type !== 'system.checkpointed';
    }
  };

  const isDue = async (from: Progress): Promise<boolean> => {
    const { last, news } = from;
    if (waiting(from) >= everyEvents) return true;
    // A clock that was set back must not put it off.
    return news && (last === null || Math.abs(Date.parse(await store.now()) - Date.parse(last.at)) >= everyMs);
  };

  const sign = async (from: Progress, newest: LoggedEvent, signer: KeyObject): Promise<Progress> => {
    const checkpoint: Checkpoint = {
      position: newest.position,
      eventId: newest.id,
      count: from.count,
      hash: from.hash,
      at: await store.now(),
      previous: from.last?.hash ?? null,
      marks: Buffer.from(from.marks, 'hex').toString('base64'),
      key: fingerprintOf(signer),
    };
    const signed = signCheckpoint(checkpoint, signer);
    const bytes = appendCheckpoint(checkpoints, signed, from.bytes);
    unrecorded = signed;
    return progressAfter(signed, bytes, newest.cursor);
  };

  const tell = async (): Promise<void> => {
    if (!unrecorded) return;
    await record(unrecorded);
    unrecorded = null;
  };

  /** Under the lock: another sealer may have been here since the last time. */
  const sealDue = async (): Promise<number> => {
    key ??= openAuditKey(home);
    if (!at || readEnd(checkpoints).bytes !== at.bytes) at = await resume(key);
    await tell();
    for (let made = 0; ; made++) {
      await read(at);
      if (made === atMost || !at.newest || !(await isDue(at))) return made;
      at = await sign(at, at.newest, key);
      await tell();
      // A store that answers at once would not let anything else of this process have its turn.
      await new Promise((turn) => setImmediate(turn));
    }
  };

  return {
    seal: async () => {
      if (at) {
        await read(at);
        if (unrecorded === null && !(await isDue(at))) return 0;
      }
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      try {
        return await alone(lock, sealDue);
      } catch (error) {
        at = null;
        throw error;
      }
    },
  };
};

/** How many events have been chained since the last checkpoint. */
const waiting = ({ last, count }: Progress): number => count - (last?.count ?? 0);

const progressAfter = (last: SignedCheckpoint | null, bytes: number, cursor: Cursor): Progress => ({
  last,
  bytes,
  cursor,
  count: last?.count ?? 0,
  hash: last?.hash ?? chainStart,
  marks: '',
  newest: null,
  news: false,
});
