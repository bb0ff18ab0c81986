import { rm } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';
import { auditFiles, auditFolder } from '../audit/audit-files.ts';
import type { Value } from '../dialect.ts';
import { migrationsOf, needsMigration } from '../migrations.ts';
import type { OpenOptions } from '../open-store.ts';
import type { BackupSummary } from './backup.ts';
import { moveAuditAside, type AuditAside } from './audit-aside.ts';
import { contentHashOf, partsOf } from './content.ts';
import { createFileTarget, type FilesMade, type FileTarget } from './files.ts';
import { damaged, type Header, type Trailer } from './format.ts';
import { isRecord } from './is-record.ts';
import { makeStore } from './make-store.ts';
import { checkBackup, linesOf } from './read-file.ts';
import { inSession, type Column, type Session } from './session.ts';

/** How a backup is restored. */
export type RestoreOptions = {
  /** Leaves the store at the schema of the backup, for the older Hive that wrote it. */
  readonly keepSchema?: boolean;
};

/** What was restored. */
export type RestoreSummary = BackupSummary & {
  /** The checkpoints of the audit are there and the key that signed them is not, so no new ones can be made. */
  readonly isAuditKeyMissing: boolean;
  /** Where the audit of the log that was in this home before lies now; null when there was none. */
  readonly auditMovedTo: string | null;
};

const perInsert = 1000;

/**
 * Fills an empty store from a backup of either database, in one transaction: events in the order of the log, cursors by the event that they
 * have come to, leases as they were. The file is checked before it is used, and the store's content is hashed and compared before the
 * transaction ends; whatever fails leaves the store empty. The audit of another log that lies in the home is moved aside. Positions stay as they were where they grow along the log; else they are counted
 * anew.
 * Throws `input.invalid` (no backup, damaged), `input.state` (the store is not empty), `store.newer`, `infra.disk`, `store.unavailable`.
 */
export const restoreStore = async (
  options: OpenOptions,
  file: string,
  { keepSchema = false }: RestoreOptions = {},
): Promise<RestoreSummary> => {
  const { header, trailer } = await checkBackup(file);
  const database = options.url === undefined ? 'sqlite' : 'postgres';
  needsMigration(header.schema, migrationsOf(database).length, file);
  const storeFile = join(options.home, 'hive.db');
  const isNew = database === 'sqlite' && !existsSync(storeFile);
  let aside: AuditAside | null = null;
  const target = createFileTarget(options.home, file);
  let made: FilesMade = { artefacts: 0, damaged: [] };
  try {
    await makeStore(options, header.schema);
    await inSession(options, 'read', (session) => assertEmpty(session, header));
    await inSession(options, 'fill', async (session) => {
      await assertEmpty(session, header);
      aside = await moveAuditAside(options.home);
      made = await fill(session, { file, header, trailer, target });
      if ((await contentHashOf(session)) !== trailer.content)
        throw damaged(file, 'the restored store differs from the one that was backed up');
    });
  } catch (error) {
    await target.undo();
    await movedAside(aside)?.undo();
    if (isNew) for (const end of ['', '-wal', '-shm', '-journal']) await rm(`${storeFile}${end}`, { force: true });
    throw error;
  }
  await movedAside(aside)?.keepKey();
  if (!keepSchema) await makeStore(options);
  const { at, schema } = header;
  const { rows, content } = trailer;
  const isAuditKeyMissing =
    existsSync(auditFiles(options.home).checkpoints) && !existsSync(auditFolder(options.home).privateKey);
  return {
    file,
    bytes: statSync(file).size,
    schema,
    at,
    rows,
    ...made,
    content,
    isAuditKeyMissing,
    auditMovedTo: movedAside(aside)?.folder ?? null,
  };
};

/** It is set within a callback, which the compiler does not see. */
const movedAside = (aside: AuditAside | null): AuditAside | null => aside;

const assertEmpty = async ({ run, place, schema }: Session, header: Header): Promise<void> => {
  const [found] = await run(
    'select exists (select 1 from event) as events, exists (select 1 from stream_head) as heads, exists (select 1 from step) as steps',
  );
  // SQLite says 1, PostgreSQL says t.
  const isFull = Object.values(found ?? {}).some((it) => it === 1 || it === 't' || it === true);
  if (isFull)
    throw new HiveError(
      'input.state',
      `${place} is not empty; restore into a new HIVE_HOME or an empty database, nothing is ever overwritten`,
    );
  if (schema !== header.schema)
    throw new HiveError(
      'input.state',
      `${place} has schema ${schema} already, and the backup has schema ${header.schema}; restore into a new HIVE_HOME or an empty database`,
    );
};

type Source = {
  readonly file: string;
  readonly header: Header;
  readonly trailer: Trailer;
  readonly target: FileTarget;
};

const fill = async (session: Session, source: Source): Promise<FilesMade> => {
  const { file, header, trailer, target } = source;
  // A fresh store has facts of its own; those of the backup take their place.
  await session.run(`delete from meta where key <> 'schema'`);
  let loader: Loader | null = null;
  const rows: Record<string, number> = {};
  let first = true;
  for await (const batch of linesOf(file))
    for (const text of batch) {
      if (first) {
        first = false;
        continue;
      }
      const item = JSON.parse(text) as unknown;
      if (Array.isArray(item)) {
        if (!loader) throw damaged(file, 'rows belong to no table');
        await loader.add(item as Value[]); // the hash was compared: these are the rows that were written
      } else if (typeof item === 'string') await target.piece(item);
      else if (isRecord(item)) {
        if (loader) rows[loader.table] = await loader.end();
        loader = null;
        if (typeof item['table'] === 'string') loader = loaderFor(session, { header, trailer, table: item['table'] });
        else if (typeof item['file'] === 'string') await target.begin(item['file']);
      }
    }
  const made = await target.end();
  for (const [table, wanted] of Object.entries(trailer.rows))
    if (rows[table] !== wanted) throw damaged(file, `${table} has ${rows[table] ?? 0} of ${wanted} rows`);
  await setCounters(session);
  return made;
};

/** Takes the rows of one table and adds them in batches. */
type Loader = {
  readonly table: string;
  readonly add: (values: readonly Value[]) => Promise<void>;
  /** Answers how many there were. */
  readonly end: () => Promise<number>;
};

const mark: Column = { name: 'xid', kind: 'xid' };
const place: Column = { name: 'position', kind: 'whole' };

const loaderFor = (
  session: Session,
  { header, trailer, table }: Pick<Source, 'header' | 'trailer'> & { readonly table: string },
): Loader => {
  const told = header.tables.find((it) => it.name === table);
  const part = partsOf(session).find((it) => it.table.name === table);
  if (!told || part?.columns.join() !== told.columns.join())
    throw new Error(`the table ${table} of the backup is not that of schema ${header.schema}`); // schemas never change once released
  if (table === 'subscription') return subscriptionLoader(session);
  const kept = part.columns.flatMap((name) => part.table.columns.find((it) => it.name === name) ?? []);
  const isMarked = part.table.columns.some((it) => it.kind === 'xid');
  const columns = [...(table === 'event' ? [place] : []), ...kept, ...(isMarked ? [mark] : [])];
  let waiting: (readonly Value[])[] = [];
  let adding: Promise<void> = Promise.resolve();
  let count = 0;
  /** A server adds one batch while the next one is read. */
  const flush = async () => {
    await adding;
    adding = session.insert(table, columns, waiting);
    adding.catch(() => {}); // heard by whoever waits for it next
    waiting = [];
  };
  return {
    table,
    add: async (values) => {
      count += 1;
      const own = table === 'event' && !trailer.ascending ? [count, ...values.slice(1)] : values;
      // Of no transaction of this database: older than all that will be written.
      waiting.push(isMarked ? [...own, '0'] : own);
      if (waiting.length >= perInsert) await flush();
    },
    end: async () => {
      await flush();
      await adding;
      return count;
    },
  };
};

/** The table comes after the log, so the events are there. */
const subscriptionLoader = (session: Session): Loader => {
  let count = 0;
  return {
    table: 'subscription',
    add: async ([name, after]) => {
      count += 1;
      const [event] =
        after === null ? [] : await session.run('select position from event where id = ?', [after ?? null]);
      await session.run('insert into subscription (name, xid, position) values (?, ?, ?)', [
        name ?? null,
        '0',
        Number(event?.['position'] ?? 0),
      ]);
    },
    end: () => Promise.resolve(count),
  };
};

/** Numbers that the database gives out go on behind those that were restored; SQLite sees to that by itself. */
const setCounters = async ({ on, run, tables }: Session): Promise<void> => {
  if (on.name === 'sqlite') return;
  for (const { name, key } of tables) {
    const [column] = key;
    if (column === undefined || key.length > 1) continue;
    const [found] = await run('select pg_get_serial_sequence(?, ?) as sequence', [`"${name}"`, column]);
    if (found?.['sequence'] != null)
      await run(`select setval(pg_get_serial_sequence(?, ?), max("${column}")) from "${name}" having count(*) > 0`, [
        `"${name}"`,
        column,
      ]);
  }
};
