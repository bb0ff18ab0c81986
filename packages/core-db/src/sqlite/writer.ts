import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteDialect as on } from '../dialect.ts';
import { wasClosed } from '../write-rules.ts';
import type { Baton } from './baton.ts';
import { dataVersion, type Connection } from './connection.ts';
import { isBusy, sqliteError } from './errors.ts';
import { whileBusy } from './while-busy.ts';

/** What a job may use: the connection, and one moment for the whole transaction. */
export type Transaction = Pick<Connection, 'run' | 'change'> & { readonly now: () => string };

/** What runs inside of a transaction, again after a rollback if need be: when a neighbour was refused, or this job. */
export type Job<T> = {
  readonly act: (on: Transaction) => T;
  /** Whether what was done is to stay; the default. Otherwise it is undone, and that is no error. */
  readonly keeps?: (value: T) => boolean;
  /** Told after it is undone what was answered or thrown; answers or throws what the caller gets. The default passes it on. */
  readonly undone?: (on: Transaction, end: { readonly value: T } | { readonly error: unknown }) => T;
};

/** Runs jobs in transactions; see {@link createWriter}. */
export type Writer = { readonly write: <T>(job: Job<T>) => Promise<T>; readonly close: () => Promise<void> };

/** What a writer is given besides its connection: its turns, what is left to do for all jobs before a commit, and whom to tell of commits. */
export type WriterOptions = {
  readonly baton?: Baton | undefined;
  readonly ending?: ((on: Transaction) => void) | undefined;
  readonly committed?: (() => void) | undefined;
};

type Waiting = {
  readonly job: Job<unknown>;
  readonly settle: (value: unknown) => void;
  readonly refuse: (error: unknown) => void;
};

const perTransaction = 200;

/** Who has not written for so long takes the lock when it is free; who writes again and again takes turns. */
const quietMs = 5;

/**
 * The only way to write: jobs that wait at the same moment share one transaction, and so one wait for the disk. One that is refused or fails
 * leaves its neighbours alone. Each promise settles after the commit.
 * Other processes write to the same file: see docs/adr/0003-who-writes-to-sqlite.md for how the lock is shared.
 */
export const createWriter = (
  connection: Connection,
  file: string,
  { baton, ending = () => {}, committed }: WriterOptions = {},
): Writer => {
  const waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let endedAt = -Infinity;
  let rest: Promise<void> | null = null;
  let seen = dataVersion(connection);
  let closed = false;

  const isFree = (): boolean => {
    try {
      connection.change(statements.begin);
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  };

  const begin = async (): Promise<void> => {
    if (!baton?.isMine() && performance.now() - endedAt > quietMs && isFree()) return;
    await baton?.turn();
    if (!baton?.isMine()) await rest;
    await whileBusy(() => connection.change(statements.begin));
  };

  /** Whoever has no turn and sees that others write too leaves the lock alone for a moment, or they would hardly ever find it free. */
  const end = (): void => {
    endedAt = performance.now();
    rest = null;
    if (!baton?.isMine()) {
      const found = look();
      if (found !== seen) rest = sleep(1 + Math.random());
      seen = found;
    }
    baton?.done();
  };

  /** A file that cannot be read says nothing of others, and those who wait have to be told why. */
  const look = (): number => {
    try {
      return dataVersion(connection);
    } catch {
      return seen;
    }
  };

  const flush = async (): Promise<void> => {
    // Callers of the same turn of the event loop come along, and a row of lone writes lets timers and sockets have their turn.
    await new Promise((turn) => setImmediate(turn));
    while (waiting.length > 0) {
      let batch: readonly Waiting[] = [];
      try {
        await begin();
        batch = waiting.splice(0, perTransaction);
        let ends = together(connection, batch, ending);
        if (ends === null) {
          await whileBusy(() => connection.change(statements.begin));
          ends = apart(connection, batch, ending);
        }
        end();
        for (const it of ends) it();
        committed?.();
      } catch (error) {
        if (connection.inTransaction()) connection.exec('rollback');
        end();
        for (const { refuse } of batch.length > 0 ? batch : waiting.splice(0)) refuse(sqliteError(error, file));
      }
      if (waiting.length > 0) await new Promise((turn) => setImmediate(turn));
    }
    running = null;
  };

  return {
    write: <T>(job: Job<T>) =>
      new Promise<T>((settle, refuse) => {
        if (closed) throw wasClosed(file);
        // Each promise gets the value of its own job, which the list of all jobs cannot say.
        waiting.push({ job: job as Job<unknown>, settle: settle as (value: unknown) => void, refuse });
        running ??= flush();
      }),
    close: async () => {
      closed = true;
      await running;
      connection.close();
    },
  };
};

const said = (sql: string) => ({ sql, values: [] }) as const;
const statements = {
  begin: said('begin immediate'),
  commit: said('commit'),
  rollback: said('rollback'),
  mark: said('savepoint job'),
  keep: said('release job'),
  undo: said('rollback to job'),
  clock: said(`select ${on.clock} as now`),
};

const clockOn = ({ run }: Connection): (() => string) => {
  let now: string | undefined;
  return () => (now ??= run(statements.clock)[0]?.['now'] as string);
};

type End = () => void;
type Ending = NonNullable<WriterOptions['ending']>;

/** Runs and commits jobs without savepoints, which cost as much as statements. Null: one was refused, and all was rolled back. */
const together = (connection: Connection, batch: readonly Waiting[], ending: Ending): readonly End[] | null => {
  const { run, change } = connection;
  const transaction = { run, change, now: clockOn(connection) };
  const ends: End[] = [];
  for (const { job, settle } of batch) {
    const end = endOf(job, transaction);
    if (!end.kept) {
      if (connection.inTransaction()) connection.change(statements.rollback);
      if ('error' in end && isFatal(end.error)) throw end.error;
      return null;
    }
    ends.push(() => settle(end.value));
  }
  ending(transaction);
  connection.change(statements.commit);
  return ends;
};

/** Runs and commits jobs, each behind a savepoint. */
const apart = (connection: Connection, batch: readonly Waiting[], ending: Ending): readonly End[] => {
  const { run, change } = connection;
  const now = clockOn(connection);
  const ends = batch.map(({ job, settle, refuse }): End => {
    // One for each job: what an undone one has left to do is forgotten with it.
    const transaction = { run, change, now };
    connection.change(statements.mark);
    const end = endOf(job, transaction, ending);
    // A full disk has already ended the whole transaction.
    if ('error' in end && (!connection.inTransaction() || isFatal(end.error))) throw end.error;
    if (!end.kept) connection.change(statements.undo);
    connection.change(statements.keep);
    if (end.kept) return () => settle(end.value);
    try {
      const value = job.undone ? job.undone(transaction, end) : passedOn(end);
      return () => settle(value);
    } catch (error) {
      return () => refuse(error);
    }
  });
  connection.change(statements.commit);
  return ends;
};

const endOf = (job: Job<unknown>, transaction: Transaction, ending?: Ending) => {
  try {
    const value = job.act(transaction);
    const kept = job.keeps?.(value) ?? true;
    if (kept) ending?.(transaction);
    return { kept, value };
  } catch (error) {
    return { kept: false as const, error };
  }
};

const passedOn = (end: { readonly value: unknown } | { readonly error: unknown }): unknown => {
  if ('error' in end) throw end.error;
  return end.value;
};

const isFatal = (error: unknown): boolean => sqliteError(error, '') !== error;
