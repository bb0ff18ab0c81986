import { placeOf, sayGoodbye, sessionConfig } from './connection.ts';
import { postgresError } from './errors.ts';

/** The address of a database beside the one of `url`, on the same server; made when it is not there. Its name ends with `suffix`. */
export const siblingDatabase = async (url: string, suffix: string): Promise<string> => {
  // Only those who ask for it load the driver.
  const { default: pg } = await import('pg');
  const client = new pg.Client(sessionConfig(url, { readonly: false }));
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    const name = `${rows[0]?.name ?? ''}_${suffix}`;
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
    const sibling = new URL(url);
    sibling.pathname = `/${encodeURIComponent(name)}`;
    return sibling.href;
  } catch (error) {
    throw postgresError(error, placeOf(url));
  } finally {
    await sayGoodbye(client);
  }
};
