import { setTimeout as sleep } from 'node:timers/promises';
import { HiveError } from '@hive/errors';
import { dataVersion, type Connection } from './connection.ts';
import { sqliteError } from './errors.ts';
import { whileBusy } from './while-busy.ts';

/** What runs inside of a transaction. `keep: false` rolls it back and is no error. */
export type Job<T> = (on: Connection) => { readonly value: T; readonly keep: boolean };

/** Runs jobs in transactions; see {@link createWriter}. */
export type Writer = { readonly write: <T>(job: Job<T>) => Promise<T>; readonly close: () => Promise<void> };

type Waiting = {
  readonly job: Job<unknown>;
  readonly settle: (value: unknown) => void;
  readonly refuse: (error: unknown) => void;
};

const perTransaction = 200;

/**
 * The only way to write: jobs that wait at the same moment share one transaction, and so one wait for the disk. Each stands behind a
 * savepoint, so one that is refused or fails leaves its neighbours alone. Each promise settles after the commit.
 * Other processes write to the same file: see docs/adr/0003-who-writes-to-sqlite.md for how the lock is shared.
 */
export const createWriter = (connection: Connection, file: string): Writer => {
  const waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let rest: Promise<void> | null = null;
  let seen = dataVersion(connection);
  let others = false;

  const flush = async (): Promise<void> => {
    // Callers of the same turn of the event loop come along, and a row of lone writes lets timers and sockets have their turn.
    await new Promise((turn) => setImmediate(turn));
    while (waiting.length > 0) {
      const batch = waiting.splice(0, perTransaction);
      try {
        await rest;
        await whileBusy(() => connection.exec('begin immediate'));
        const found = dataVersion(connection);
        others = found !== seen;
        seen = found;
        const ends = batch.map((it) => attempt(connection, it));
        connection.exec(ends.some((it) => it.kept) ? 'commit' : 'rollback');
        // Whoever sees that others write too leaves the lock alone for a moment, or they would hardly ever find it free.
        rest = others ? sleep(1 + Math.random()) : null;
        for (const { end } of ends) end();
      } catch (error) {
        if (connection.inTransaction()) connection.exec('rollback');
        for (const { refuse } of batch) refuse(sqliteError(error, file));
      }
      if (waiting.length > 0) await new Promise((turn) => setImmediate(turn));
    }
    running = null;
  };

  return {
    write: <T>(job: Job<T>) =>
      new Promise<T>((settle, refuse) => {
        // Each promise gets the value of its own job, which the list of all jobs cannot say.
        waiting.push({ job, settle: settle as (value: unknown) => void, refuse });
        running ??= flush();
      }),
    close: async () => {
      await running;
      connection.close();
    },
  };
};

/** Runs one job behind a savepoint and says how its promise is to end once the transaction is through. */
const attempt = (connection: Connection, { job, settle, refuse }: Waiting): { kept: boolean; end: () => void } => {
  connection.exec('savepoint job');
  try {
    const { value, keep } = job(connection);
    connection.exec(keep ? 'release job' : 'rollback to job; release job');
    return { kept: keep, end: () => settle(value) };
  } catch (error) {
    // A full disk has already ended the whole transaction.
    if (!connection.inTransaction()) throw error;
    connection.exec('rollback to job; release job');
    if (!(error instanceof HiveError) && isFatal(error)) throw error;
    return { kept: false, end: () => refuse(error) };
  }
};

const isFatal = (error: unknown): boolean => sqliteError(error, '') !== error;
