import pg from 'pg';
import { sayGoodbye, sessionConfig } from './connection.ts';

/** A pooler that knows only its own settings says so at the door (PgBouncer by default). */
export const isPoolerRefusal = (error: unknown): boolean =>
  error instanceof Error && /unsupported startup parameter/.test(error.message);

/** What is known about whether sessions are lent; asked once, since it does not change. */
export type PoolerProbe = {
  readonly isLent: () => boolean;
  readonly found: () => void;
  /** Finds out by a session of ours. */
  readonly ask: (session: pg.ClientBase) => Promise<boolean>;
};

/** Knows nothing at first. */
export const createPoolerProbe = (url: string): PoolerProbe => {
  let known: boolean | null = null;
  return {
    isLent: () => known ?? false,
    found: () => void (known = true),
    ask: async (session) => (known ??= await isShared(session, url)),
  };
};

/**
 * True when the server's session behind a connection is not ours alone: a pooler in transaction mode lends it to others between statements.
 * While a second connection keeps one session busy with a transaction, the first must still have the one that it had before.
 */
const isShared = async (session: pg.ClientBase, url: string): Promise<boolean> => {
  const other = new pg.Client(sessionConfig(url, { readonly: false }));
  other.on('error', () => {});
  await other.connect();
  try {
    const before = await pidOf(session);
    await other.query('begin');
    const busy = await pidOf(other);
    const after = await pidOf(session);
    await other.query('rollback');
    return before === busy || before !== after;
  } finally {
    await sayGoodbye(other);
  }
};

/** The process of the server that answers. */
export const pidOf = async (session: pg.ClientBase): Promise<string> => {
  const { rows } = await session.query<{ pid: string }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? '';
};
