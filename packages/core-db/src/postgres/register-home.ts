import pg from 'pg';
import { placeOf, sayGoodbye, sessionConfig } from './connection.ts';
import { postgresError } from './errors.ts';

/** Writes down a home unless there is one, and answers which one it is. Sets nothing of the session, as a pooler asks. */
export const registerHome = async (
  url: string,
  id: string,
): Promise<{ readonly place: string; readonly id: string }> => {
  const place = placeOf(url);
  const client = new pg.Client(sessionConfig(url, { readonly: false, pooled: true }));
  client.on('error', () => {}); // the statement under way fails and says why
  try {
    await client.connect();
    const read = async () => {
      const { rows } = await client.query<{ value: string }>(`select value from meta where key = 'home'`);
      return rows[0]?.value;
    };
    const known = await read();
    if (known !== undefined) return { place, id: known };
    await client.query(`insert into meta (key, value) values ('home', $1) on conflict (key) do nothing`, [id]);
    return { place, id: (await read()) ?? id };
  } catch (error) {
    throw postgresError(error, place);
  } finally {
    await sayGoodbye(client);
  }
};
