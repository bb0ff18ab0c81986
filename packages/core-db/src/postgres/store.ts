import { createHash } from 'node:crypto';
import pg from 'pg';
import { beatStatement, markStatement } from '../agent-statements.ts';
import { coalesce } from '../coalesce.ts';
import { marks, postgresDialect as on, type Read } from '../dialect.ts';
import { checkNames, namesOfAgent } from '../names.ts';
import { origin, type Store } from '../port.ts';
import { createHeadReads } from '../read-heads.ts';
import { createLogReads } from '../read-log.ts';
import { createQueueReads } from '../read-queue.ts';
import { anyRing, logRing, type RingMask } from '../ring-mask.ts';
import { createLateRing } from './late-ring.ts';
import { verifySnapshot } from '../verify/verify.ts';
import { wasClosed } from '../write-rules.ts';
import {
  breakOff,
  limitTransactions,
  lockClass,
  nameOf,
  patientConfig,
  placeOf,
  runOn,
  sayGoodbye,
  sessionConfig,
} from './connection.ts';
import { createCommitter } from './committer.ts';
import { postgresError } from './errors.ts';
import { createGatheredHeads } from './gather.ts';
import { readHorizon } from './horizon.ts';
import { createHouseBell, type HouseBell, type HouseListener } from './house-bell.ts';
import { migratePostgres } from './migrate.ts';
import { createPoolerProbe, isPoolerRefusal } from './pooler.ts';
import { channel, createPresence } from './presence.ts';
import { doorbellPath } from '../star/doorbell-path.ts';
import type { Kept } from '../upgrade/keep-store.ts';

/** How a PostgreSQL store is opened. Without `migrate` an older one is refused. */
export type PostgresOptions = {
  readonly url: string;
  /** The processes that share it wake each other without the server; empty for a program that has none. */
  readonly home: string;
  readonly migrate: boolean;
  readonly readonly: boolean;
  /** Called before an older store is migrated. */
  readonly before?: (found: number) => Promise<Kept>;
};

const connections = 6;
const longestPauseMs = 5;
/** How long a ring waits for another one, where nobody is kept by it, and where many are rung anyway. */
const unhurriedMs = 50;
const busyMs = 10;
const lookMs = 1_000;

/** The store in a PostgreSQL database, for any number of processes on any number of machines. */
export const openPostgres = async ({ url, home, migrate, readonly, before }: PostgresOptions): Promise<Store> => {
  const place = placeOf(url);
  let closed = false;
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    if (closed) throw wasClosed(place);
    try {
      return await act();
    } catch (error) {
      throw postgresError(error, place);
    }
  };
  const pooler = createPoolerProbe(url);
  const schema = await guarded(() =>
    migratePostgres(url, { migrate, readonly, before }).catch((error: unknown) => {
      if (!isPoolerRefusal(error)) throw error;
      pooler.found();
      return migratePostgres(url, { migrate, readonly, pooled: true });
    }),
  );
  const kind = { readonly, pooled: pooler.isLent() };
  const pool = new pg.Pool({
    ...sessionConfig(url, kind),
    max: connections,
    idleTimeoutMillis: 30_000,
    // What a new session is prepared with.
    ...(!kind.pooled && {
      verify: (client: pg.PoolClient, done: (error?: Error) => void) =>
        void client.query(limitTransactions).then(() => done(), done),
    }),
  });
  // A connection that breaks is replaced by the pool, and its query fails; unheard, the event itself would end the process.
  pool.on('error', () => {});
  /** The numbers of this process's sessions: what they ring is known here already. */
  const own = new Set<number>();
  pool.on('connect', (client) => {
    client.on('error', () => {});
    const number = numberOf(client);
    if (number === null) return;
    own.add(number);
    client.once('end', () => own.delete(number));
  });
  // The pool only takes its leave, which a dead line never answers.
  pool.on('release', (error, client) => void (error && breakOff(client)));

  /** A pooler may lend another session to each statement, and that one does not know what was prepared. */
  const prepared = () => !pooler.isLent();
  const read: Read = (sql, values = [], { often = false } = {}) =>
    guarded(() => runOn(pool, { sql, values }, often && prepared() ? nameOf(sql) : undefined));
  const log = createLogReads(read, on);
  const committer = createCommitter(pool, { place, prepared, asTold: (error) => postgresError(error, place) as Error });
  const gathered = createGatheredHeads(pool, { prepared });

  const listeners = new Set<(about: RingMask) => void>();
  const hear = coalesce((about) => {
    for (const heard of listeners) heard(about);
  }, longestPauseMs);
  const rung = (about: RingMask): void => {
    late.heard();
    hear.ask(about);
  };
  const presence = createPresence(
    url,
    {
      heard: (about, by) => {
        if (by !== null && own.has(by)) return;
        rung(about);
        house?.pass(about);
      },
      marked: (incarnation, mark) => read(markStatement, [mark, incarnation]),
    },
    pooler,
  );
  /** On a connection of its own and after the commit: a transaction that notifies holds a lock on the whole database while it commits. */
  const tellServer = (about: RingMask): void => void pool.query(`notify ${channel}, '${about}'`).catch(() => {});
  const passed = coalesce(tellServer, longestPauseMs);
  const house = houseOf(home, place, { heard: rung, listens: presence.listen, tell: passed.ask });
  const tell = coalesce((about) => {
    if (!house?.ring(about)) tellServer(about);
    late.heard();
  }, longestPauseMs);

  const late = createLateRing(() => tell.ask(logRing));

  /** What is rung in this turn. */
  let ringing: RingMask | null = null;
  let timer: NodeJS.Timeout | null = null;
  let seen = '';
  /** Rings may be lost, and what was rung may still be behind the horizon: the end of the log is asked once a second. */
  const look = async (): Promise<void> => {
    const end = await log.end().catch(() => null);
    if (closed) return;
    const now = end ? `${end.xid}/${end.position}` : seen;
    if (now !== seen) hear.ask(anyRing);
    seen = now;
    house?.check();
    timer = setTimeout(() => void look(), lookMs * (0.8 + Math.random() * 0.2));
  };

  const isPooled = () =>
    guarded(async () => {
      const client = await pool.connect();
      try {
        return await pooler.ask(client);
      } finally {
        client.release();
      }
    });

  const close = async (): Promise<void> => {
    closed = true;
    listeners.clear();
    hear.stop();
    tell.stop();
    passed.stop();
    late.stop();
    if (timer) clearTimeout(timer);
    await committer.close();
    await house?.close();
    await presence.close();
    await pool.end();
  };
  let closing: Promise<void> | null = null;

  return {
    dialect: 'postgres',
    ...log,
    ...createHeadReads(read, on, (streams) => guarded(() => gathered(streams))),
    ...createQueueReads(read),
    write: committer.write,
    claim: committer.claim,

    subscription: async (name, start) => {
      checkNames(name);
      const find = async () => (await log.subscriptions()).find((it) => it.name === name)?.cursor;
      const found = await find();
      if (found) return found;
      const { xid, position } = start === 'end' ? await log.end() : origin;
      await read('insert into subscription (name, xid, position) values (?, ?, ?) on conflict (name) do nothing', [
        name,
        xid,
        position,
      ]);
      return (await find()) ?? origin;
    },

    renew: async (claims, holder, leaseMs) => {
      if (claims.length === 0) return [];
      // No mark of our transaction: nothing is told in the log, and a completion under way must not meet a later transaction here.
      const { rows } = await guarded(() =>
        pool.query<{ id: string }>(
          `update step s set lease_until = ${clockPlus('$1::bigint')} from unnest($2::text[], $3::bigint[]) as u(id, token)
            where s.id = u.id and s.token = u.token and s.state = 'claimed' and s.holder = $4 returning s.id`,
          [leaseMs, claims.map((it) => it.id), claims.map((it) => it.token), holder],
        ),
      );
      return rows.map((row) => row.id);
    },

    beat: async (agent) => {
      checkNames(namesOfAgent(agent));
      const { sql, values } = beatStatement(agent, presence.markOf(agent.incarnation), on);
      await read(sql, values);
    },
    forget: async (incarnation) => void (await read('delete from agent where incarnation = ?', [incarnation])),
    hold: async (incarnation) => {
      await guarded(() => presence.hold(incarnation));
      return () => presence.release(incarnation);
    },
    gone: async (incarnations) => {
      if (incarnations.length === 0) return [];
      // Getting the lock means that nobody holds it; it is let go at the end of the statement.
      const rows = await read(
        `with held as materialized (select incarnation, mark from agent where mark is not null and incarnation in (${marks(incarnations.length)}))
         select incarnation from held where pg_try_advisory_xact_lock(${lockClass}, cast(mark as integer))`,
        incarnations,
      );
      return rows.map((row) => row['incarnation'] as string);
    },

    ring: (about = anyRing, { unhurried = false } = {}) => {
      if (closed) return;
      if (unhurried) late.ring(unhurriedMs);
      else if (about === logRing && late.isBusy()) late.ring(busyMs);
      else tell.ask(about);
      // Many ring in one turn.
      if (ringing === null)
        setImmediate(() => {
          hear.ask(ringing ?? anyRing);
          ringing = null;
        });
      ringing = (ringing ?? logRing) | about;
    },
    listen: (heard) => {
      listeners.add(heard);
      presence.start();
      house?.start();
      timer ??= setTimeout(() => void look(), lookMs * Math.random());
      return () => void listeners.delete(heard);
    },
    verify: (options) =>
      guarded(async () => {
        const client = new pg.Client(patientConfig(url, kind));
        client.on('error', () => {});
        await client.connect();
        try {
          // A reader of one moment does not hold back the others.
          await client.query('begin isolation level repeatable read read only');
          // Whole tables are sorted; on disk that takes several times as long. Compiling the statements costs more than it brings.
          await client.query(`set local work_mem = '128MB'; set local jit = off`);
          const readMoment: Read = (sql, values = []) => runOn(client, { sql, values });
          const [clock] = await readMoment(`select ${on.clock} as now`);
          return await verifySnapshot({ read: readMoment, on, now: clock?.['now'] as string, ...options });
        } finally {
          await sayGoodbye(client);
        }
      }),
    horizon: () => readHorizon(read),
    about: async () => {
      const [row] = await read(
        `select current_setting('server_version') as version, pg_database_size(current_database()) as bytes`,
      );
      return {
        database: place,
        version: `PostgreSQL ${String(row?.['version'])}`,
        bytes: Number(row?.['bytes']),
        schema,
        ...((await isPooled()) && { pooled: true }),
      };
    },
    close: () => (closing ??= close()),
  };
};

/** The number of the server's process behind a session, which the types of the driver do not name. */
const numberOf = (client: pg.PoolClient): number | null =>
  (client as unknown as { readonly processID: number | null }).processID;

/** Null where there is no home, or no room in it for a socket: then everybody listens to the server. */
const houseOf = (home: string, place: string, on: HouseListener): HouseBell | null => {
  if (home === '') return null;
  const name = `doorbell-${createHash('sha256').update(place).digest('hex').slice(0, 8)}`;
  try {
    return createHouseBell(doorbellPath(home, name), on);
  } catch {
    return null;
  }
};

const clockPlus = (ms: string): string =>
  on.clock.replace('clock_timestamp()', `(clock_timestamp() + ${ms} * interval '1 millisecond')`);
