import { inject } from 'vitest';
import type { PostgresTemplate } from './postgres-door.ts';
import { inDatabase, onServer } from './postgres-databases.ts';
import { databaseName } from './postgres-server.ts';

/** A database of its own on a real PostgreSQL, already migrated unless `empty`. Drop it when its connections are closed. */
export type TestPostgres = { readonly url: string; readonly drop: () => Promise<void> };

/**
 * Makes a database for a test. The server is started once for each process that runs tests at a time: the one of `HIVE_TEST_PG_URL`, a container, the npm package's binaries
 * or an installed one; which it is, is printed. Fails when there is none.
 */
export const testPostgres = async (options: { readonly empty?: boolean } = {}): Promise<TestPostgres> => {
  const answer = await fetch(`${inject('postgresDoor')}/${process.env['VITEST_POOL_ID'] ?? ''}`);
  if (!answer.ok) throw new Error(await answer.text());
  const { server, template } = (await answer.json()) as PostgresTemplate;
  const name = databaseName('test');
  await onServer(server, `create database ${name}${options.empty ? '' : ` template ${template}`}`);
  return {
    url: inDatabase(server, name),
    drop: async () => void (await onServer(server, `drop database if exists ${name} with (force)`)),
  };
};
