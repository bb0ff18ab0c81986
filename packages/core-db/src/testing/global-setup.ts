import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { databaseName, startPostgres, type PostgresServer } from './postgres-server.ts';
import { inDatabase, onServer } from './postgres-databases.ts';
import { openStore } from '../open-store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for a PostgreSQL; it is started when the first one asks. */
    postgresDoor: string;
  }
}

/** What a test file is told: the server, and a database that was migrated and is to be copied. */
export type PostgresTemplate = { readonly server: string; readonly template: string };

/** One server per run, and only when a test asks for one. Its databases go with it, or are dropped where the server stays. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  let running: Promise<{ server: PostgresServer; template: string }> | null = null;
  const start = async () => {
    const server = await startPostgres(process.env['HIVE_TEST_PG_URL']);
    const template = databaseName('template');
    const version = await onServer(server.url, `create database ${template}`, 'show server_version');
    process.stdout.write(`postgres: ${server.which} ${version}\n`);
    await (await openStore({ url: inDatabase(server.url, template), home: '' })).close();
    return { server, template };
  };
  const door = createServer((_request, response) => {
    running ??= start();
    running.then(
      ({ server, template }) =>
        response.end(JSON.stringify({ server: server.url, template } satisfies PostgresTemplate)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening));
  const address = door.address();
  if (typeof address !== 'object' || address === null) throw new Error('the door of PostgreSQL has no port');
  project.provide('postgresDoor', `http://127.0.0.1:${address.port}`);

  return async () => {
    door.closeAllConnections();
    door.close();
    if (!running) return;
    const { server, template } = await running;
    await onServer(server.url, `drop database if exists ${template} with (force)`);
    await server.stop();
  };
};
