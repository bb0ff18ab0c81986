import type { Horizon } from '../port.ts';
import type { Read } from '../dialect.ts';

/** More hidden events than this are not counted. */
const countUpTo = 10_000;

/**
 * How far readers are held back by the oldest transaction that still writes, anywhere in the cluster (STORE section 2.3), and who that is.
 * A reader of one moment and an idle session hold nothing back, so they are not named.
 */
export const readHorizon = async (read: Read): Promise<Horizon> => {
  const [hidden] = await read(
    `select count(*) as hidden, cast(coalesce(extract(epoch from clock_timestamp() - min(cast(at as timestamptz))) * 1000, 0) as bigint) as lag
       from (select at from event where xid >= pg_snapshot_xmin(pg_current_snapshot()) limit ${countUpTo}) waiting`,
  );
  const count = Number(hidden?.['hidden'] ?? 0);
  if (count === 0) return { hidden: 0, lagMs: 0, blocker: null };
  const [oldest] = await read(
    `select who, database, since, age from (
        select 'session ' || pid || coalesce(' of ' || nullif(application_name, ''), '') as who, datname as database, xact_start as since, age(backend_xid) as age
          from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
        union all
        select 'prepared transaction ' || gid, database, prepared, age(transaction) from pg_prepared_xacts) writers
      order by age desc limit 1`,
  );
  const text = (name: string) => (oldest?.[name] ?? null) as string | null; // values stay the texts that the server sent
  return {
    hidden: count,
    lagMs: Math.max(0, Number(hidden?.['lag'])),
    blocker: oldest ? { who: text('who') ?? '', database: text('database'), since: text('since') } : null,
  };
};
