import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { QueuedDecision } from './queued-decision.ts';

/** What is known of a stored trace beside its parts. `bytes` is what its parts take, compressed. */
export type TraceRecord = {
  readonly correlationId: string;
  /** When it was last opened, and when its newest part was stored (ms since 1970). */
  readonly openedAt: number;
  readonly asOf: number;
  readonly pinned: boolean;
  readonly bytes: number;
  /** What the page shows beside the events, as it was answered. */
  readonly beside: Readonly<Record<string, unknown>>;
};

/** One part of a trace: gzip. */
export type TracePart = {
  readonly correlationId: string;
  readonly part: number | string;
  readonly gzip: ArrayBuffer;
};

/** What this browser keeps: traces to read offline, decisions that wait to be sent, and texts by name. */
export interface RoomSchema extends DBSchema {
  traces: { key: string; value: TraceRecord };
  parts: { key: [string, number | string]; value: TracePart };
  decisions: { key: string; value: QueuedDecision };
  kept: { key: string; value: string };
}

/** The database of the control room in this browser. */
export type RoomDb = IDBPDatabase<RoomSchema>;

const roomName = 'hive-room';

/** A door to the database: it is made at the first use, and opened again when another tab made this one let go of it. */
export const roomDb = (name: string = roomName): (() => Promise<RoomDb>) => {
  let opening: Promise<RoomDb> | undefined;
  const letGo = () => (opening = undefined);
  const open = () =>
    openDB<RoomSchema>(name, 1, {
      upgrade: (db) => {
        db.createObjectStore('traces', { keyPath: 'correlationId' });
        db.createObjectStore('parts', { keyPath: ['correlationId', 'part'] });
        db.createObjectStore('decisions', { keyPath: 'key' });
        db.createObjectStore('kept');
      },
      blocking: (_current, _wanted, event) => {
        letGo();
        (event.target as IDBDatabase).close(); // the event of a connection is sent to the connection
      },
      terminated: letGo,
    });
  return () =>
    (opening ??= open().catch((error: unknown) => {
      letGo();
      throw error;
    }));
};

/**
 * Forgets everything that this browser keeps: traces, decisions that wait, texts, drafts and choices; nothing of it is encrypted. For logging out.
 * The shell stays: its files are the same for everybody, and it is stored with a new version only.
 */
export const forgetRoom = async (name: string = roomName): Promise<void> => {
  await deleteDB(name);
  localStorage.clear();
  sessionStorage.clear();
};
