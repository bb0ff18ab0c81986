import { createHash } from 'node:crypto';
import type pg from 'pg';
import { claimFunction } from './claim-function.ts';
import { startFunction } from './start-function.ts';
import { writeFunction } from './write-function.ts';

/**
 * The hot paths of the store run inside of the server, so that each is one round trip and one commit. Their names carry a hash of their
 * text: processes of different versions find their own, and a change of the text needs no migration.
 */
const named = (name: string, text: string) => {
  const full = `${name}_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  return { name: full, text: text.replaceAll('@name', full) };
};

export const functions = {
  write: named('hive_write', writeFunction),
  claim: named('hive_claim', claimFunction),
  start: named('hive_start', startFunction),
};

/** Makes the functions that are not there yet; the others may be somebody else's. The caller holds the lock of the migrations. */
export const installFunctions = async (client: pg.ClientBase): Promise<void> => {
  const there = await functionsThere(client);
  for (const { name, text } of Object.values(functions)) if (!there.has(name)) await client.query(text);
};

/** Whether this version's functions are there. */
export const hasFunctions = async (client: pg.ClientBase): Promise<boolean> => {
  const there = await functionsThere(client);
  return Object.values(functions).every(({ name }) => there.has(name));
};

const functionsThere = async (client: pg.ClientBase): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ proname: string }>('select proname from pg_proc where proname = any($1)', [
    Object.values(functions).map((it) => it.name),
  ]);
  return new Set(rows.map((it) => it.proname));
};
