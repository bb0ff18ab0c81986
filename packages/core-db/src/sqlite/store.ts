import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HiveError } from '@hive/errors';
import { tuples, sqliteDialect as on, type Read } from '../dialect.ts';
import { migrationsOf, needsMigration, tooOld } from '../migrations.ts';
import { checkNames, namesOfAgent, namesOfClaim } from '../names.ts';
import { origin, type Cursor, type Store, type Write, type WriteResult } from '../port.ts';
import { createHeadReads, headsText, keptHeads, type ReadNamed } from '../read-heads.ts';
import { createLogReads } from '../read-log.ts';
import { createQueueReads } from '../read-queue.ts';
import { verifySnapshot } from '../verify/verify.ts';
import { recordedScript, type Script } from '../write-rules.ts';
import { beatStatement, markStatement } from '../agent-statements.ts';
import { allClaimed } from '../claimed.ts';
import { applyClaim } from './apply-claim.ts';
import { applyWrite, countTold } from './apply-write.ts';
import { createCheckpoints, walBytes } from './checkpoints.ts';
import { connect, dataVersion, type Connection, type Synchronous } from './connection.ts';
import { createDoorbell } from './doorbell.ts';
import { doorbellPath } from '../star/doorbell-path.ts';
import { isBusy, isDuplicate, sqliteError } from './errors.ts';
import { isGone, processMark } from './liveness.ts';
import { migrateSqlite, schemaOf, type MigrateOptions } from './migrate.ts';
import { whileBusy } from './while-busy.ts';
import { createWriter, type Job, type Transaction } from './writer.ts';

/** How a SQLite store is opened. Without `migrate` an older one is refused. */
export type SqliteOptions = Pick<MigrateOptions, 'migrate' | 'before'> & {
  readonly home: string;
  readonly readonly: boolean;
  readonly synchronous?: Synchronous | undefined;
};

// Two texts for any number of names, so that none is prepared twice. Not `= ?`: where a table is joined from the left, SQLite then looks at the
// value and makes a new plan for each one, which takes five times as long as the rest.
const oneHead = headsText(on, 'in (?)');
const manyHeads = headsText(on, 'in (select value from json_each(?))');

/** The store in one file of the home. Several processes may open it. */
export const openSqlite = async ({ home, readonly, ...options }: SqliteOptions): Promise<Store> => {
  const file = join(home, 'hive.db');
  const own = readonly ? null : await openOwn(file, options);
  const reader = await openReader(file);
  const schema = schemaOf(reader);

  // The writing connection keeps in memory what it wrote, while another one has to read it anew after each commit.
  const read: Read = async (sql, values = []) => {
    try {
      return (own ?? reader).run({ sql, values });
    } catch (error) {
      if (!own || !isBusy(error)) throw sqliteError(error, file);
    }
    // Another process opens or closes the file; this connection waits for it.
    try {
      return reader.run({ sql, values });
    } catch (error) {
      throw sqliteError(error, file);
    }
  };

  let version = dataVersion(reader);
  const bell = createDoorbell(doorbellPath(home), () => {
    const before = version;
    version = dataVersion(reader);
    return before !== version;
  });
  const checkpoints = own && createCheckpoints(own, file);
  const writer = own
    ? createWriter(own, file, { baton: bell.baton, ending: countTold, committed: checkpoints?.committed })
    : { write: () => Promise.reject(refused(file)), close: async () => {} };
  const change = (sql: string, values: readonly (string | number | null)[]) =>
    writer.write({ act: (transaction) => transaction.change({ sql, values }) });

  const named: ReadNamed = (streams) =>
    streams.length === 1 ? read(oneHead, streams) : read(manyHeads, [JSON.stringify(streams)]);

  const marks = new Map<string, string>();
  const log = createLogReads(read, on);

  const close = async (): Promise<void> => {
    await writer.close();
    checkpoints?.stop();
    await bell.close();
    reader.close();
  };
  let closing: Promise<void> | null = null;

  return {
    dialect: 'sqlite',
    ...log,
    ...createHeadReads(read, on, named),
    ...createQueueReads(read),
    write: (write) => writer.write(writeJob(write)),
    claim: async (query) => {
      checkNames(namesOfClaim(query));
      const won = await writer.write({ act: (transaction) => applyClaim(transaction, query) });
      return allClaimed(won, read, async (streams) => keptHeads(await named(streams)));
    },

    subscription: async (name, start) => {
      checkNames(name);
      const find = async (): Promise<Cursor | undefined> =>
        (await log.subscriptions()).find((it) => it.name === name)?.cursor;
      const found = await find();
      if (found) return found;
      const { xid, position } = start === 'end' ? await log.end() : origin;
      await change('insert into subscription (name, xid, position) values (?, ?, ?) on conflict (name) do nothing', [
        name,
        xid,
        position,
      ]);
      return (await find()) ?? origin;
    },

    renew: async (claims, holder, leaseMs) => {
      if (claims.length === 0) return [];
      return writer.write({
        act: (transaction) => {
          const until = new Date(Date.parse(transaction.now()) + leaseMs).toISOString();
          const rows = transaction.run({
            sql: `update step set lease_until = ? where state = 'claimed' and holder = ? and (id, token) in (values ${tuples(claims.length, 2)}) returning id`,
            values: [until, holder, ...claims.flatMap((it) => [it.id, it.token])],
          });
          return rows.map((row) => row['id'] as string);
        },
      });
    },

    beat: async (agent) => {
      checkNames(namesOfAgent(agent));
      const { sql, values } = beatStatement(agent, marks.get(agent.incarnation) ?? null, on);
      await change(sql, values);
    },
    forget: async (incarnation) => void (await change('delete from agent where incarnation = ?', [incarnation])),
    hold: async (incarnation) => {
      marks.set(incarnation, processMark());
      await change(markStatement, [processMark(), incarnation]);
      return async () => {
        marks.delete(incarnation);
        await change(markStatement, [null, incarnation]);
      };
    },
    gone: async (incarnations) => {
      const agents = await read('select incarnation, mark from agent where mark is not null');
      return agents
        .filter((row) => incarnations.includes(row['incarnation'] as string) && isGone(row['mark'] as string))
        .map((row) => row['incarnation'] as string);
    },

    ring: bell.ring,
    listen: bell.listen,
    verify: async (options) => {
      // A connection of its own: its one transaction sees one moment, while the others go on.
      const moment = await whileBusy(() => connect(file, { readonly: true }));
      try {
        moment.exec('begin');
        const readMoment: Read = async (sql, values = []) => {
          // Each page blocks for its own time only.
          await new Promise((turn) => setImmediate(turn));
          return moment.run({ sql, values });
        };
        const [clock] = await readMoment(`select ${on.clock} as now, (select count(*) from meta) as begun`);
        return await verifySnapshot({ read: readMoment, on, now: clock?.['now'] as string, ...options });
      } catch (error) {
        throw sqliteError(error, file);
      } finally {
        moment.close();
      }
    },
    about: async () => {
      const [row] = await read('select sqlite_version() as version');
      const wal = walBytes(file);
      return {
        database: file,
        version: `SQLite ${String(row?.['version'])}`,
        bytes: sizeOf(file) + wal,
        walBytes: wal,
        schema,
      };
    },
    close: () => (closing ??= close()),
  };
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const refused = (file: string): HiveError =>
  new HiveError('store.readonly', `${file} was opened for reading only`, { remedy: 'fix_config' });

/** Opens the file for writing, makes it when it is not there, and brings it up to date. */
const openOwn = async (
  file: string,
  { synchronous, ...options }: Omit<SqliteOptions, 'home' | 'readonly'>,
): Promise<Connection> => {
  let connection: Connection | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    makeClosed(file);
    connection = await whileBusy(() => connect(file, { readonly: false, ...(synchronous && { synchronous }) }));
    await migrateSqlite(connection, file, options);
    // The log holds goals and paths of its owner.
    chmodSync(file, 0o600);
    return connection;
  } catch (error) {
    connection?.close();
    throw sqliteError(error, file);
  }
};

/** Made before SQLite does, because the log beside it gets the mode that the file has then. */
const makeClosed = (file: string): void => {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch {
    // It is there already, or cannot be made, and then connecting says why.
  }
};

const openReader = async (file: string): Promise<Connection> => {
  if (!existsSync(file))
    throw new HiveError('store.unavailable', `There is no store at ${file}; start Hive once to make it`, {
      remedy: 'fix_config',
    });
  let connection: Connection | null = null;
  try {
    connection = await whileBusy(() => connect(file, { readonly: true }));
    const known = migrationsOf('sqlite').length;
    const found = schemaOf(connection);
    if (needsMigration(found, known, file)) throw tooOld(found, known, file);
    return connection;
  } catch (error) {
    connection?.close();
    throw sqliteError(error, file);
  }
};

/** A write as a job of the writer: what was refused is undone, and an id that is there already is looked at. */
const writeJob = (write: Write): Job<WriteResult> => ({
  act: (transaction) => applyWrite(transaction, write),
  keeps: (result) => result.status === 'written',
  undone: (transaction, end) => {
    if ('error' in end && !isDuplicate(end.error)) throw end.error;
    const known = play(recordedScript(write), transaction);
    if (known) return known;
    if ('error' in end) throw end.error;
    return end.value;
  },
});

const play = <T>(script: Script<T>, { run }: Transaction): T => {
  let step = script.next([]);
  while (!step.done) step = script.next(run(step.value));
  return step.value;
};
