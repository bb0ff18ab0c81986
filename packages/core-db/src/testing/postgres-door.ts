import { createServer } from 'node:http';
import { openStore } from '../open-store.ts';
import { inDatabase, onServer } from './postgres-databases.ts';
import { databaseName, startPostgres, type PostgresServer } from './postgres-server.ts';

/** What a program is told that asks at the door: the server, and a database that was migrated and is to be copied. */
export type PostgresTemplate = { readonly server: string; readonly template: string };

/**
 * An address where the programs of a run ask for a PostgreSQL, each below a path of its own: any transaction of a server holds back the readers
 * of all its databases, so tests that run at the same time have a server each. Closing it ends them, or drops the templates where one was given.
 */
export type PostgresDoor = { readonly url: string; readonly close: () => Promise<void> };

/** Opens the door; a server is started when the first one asks below its path. */
export const openPostgresDoor = async (): Promise<PostgresDoor> => {
  const running = new Map<string, Promise<{ server: PostgresServer; template: string }>>();
  const start = async () => {
    const server = await startPostgres(process.env['HIVE_TEST_PG_URL']);
    const template = databaseName('template');
    const version = await onServer(server.url, `create database ${template}`, 'show server_version');
    process.stderr.write(`postgres: ${server.which} ${version}\n`);
    await (await openStore({ url: inDatabase(server.url, template), home: '' })).close();
    return { server, template };
  };
  const door = createServer(({ url = '/' }, response) => {
    const asked = running.get(url) ?? start();
    running.set(url, asked);
    asked.then(
      ({ server, template }) =>
        response.end(JSON.stringify({ server: server.url, template } satisfies PostgresTemplate)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening));
  const address = door.address();
  if (typeof address !== 'object' || address === null) throw new Error('the door of PostgreSQL has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      door.closeAllConnections();
      door.close();
      for (const started of running.values()) {
        const { server, template } = await started;
        await onServer(server.url, `drop database if exists ${template} with (force)`);
        await server.stop();
      }
    },
  };
};
