import pg from 'pg';

/** Runs statements one after the other on a connection of their own. */
export const onPostgres = async (url: string, ...statements: readonly string[]): Promise<readonly unknown[][]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[][] = [];
    for (const text of statements) rows = (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
    return rows;
  } finally {
    await client.end();
  }
};

export const vacuumAnalyze = async (url: string): Promise<void> => void (await onPostgres(url, 'vacuum analyze'));

/** Keeps the server from collecting statistics by itself in the middle of a run. */
export const withoutStatistics = async (url: string): Promise<void> => {
  const tables = await onPostgres(
    url,
    `select format('alter table %I.%I set (autovacuum_enabled = off)', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  await onPostgres(url, ...tables.map(([statement]) => String(statement)));
};

/** The address of another database of the same server. */
export const inDatabase = (server: string, database: string): string => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};
