import pg from 'pg';

/** The address of a database of a server. */
export const inDatabase = (server: string, database: string): string => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};

/** Runs statements one after the other and answers the first value of the last one. */
export const onServer = async (url: string, ...statements: readonly string[]): Promise<string> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let last: unknown;
    for (const statement of statements)
      last = Object.values((await client.query<Record<string, unknown>>(statement)).rows[0] ?? {})[0];
    return String(last ?? '');
  } finally {
    await client.end();
  }
};

/** Begins a transaction that writes and stays open, as a careless program would; `end` lets it go. */
export const openWriter = async (
  url: string,
  name: string,
): Promise<{ readonly pid: number; readonly end: () => Promise<void> }> => {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.query('begin; create temp table kept (n int)');
  return { pid: rows[0]?.pid ?? 0, end: () => client.end() };
};
