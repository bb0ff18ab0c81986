import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStore } from '@hive/core-db';
import {
  databaseName,
  inDatabase,
  onServer,
  openPostgresDoor,
  startOwnPostgres,
  type PostgresTemplate,
} from '@hive/core-db/testing';

/** How a statement tells that a bug in it was reached: a notice is heard even if all else is rolled back. */
const mark = `create function mutant_reached() returns boolean language plpgsql as
  $$ begin raise notice 'mutant reached'; return true; end $$`;

type Made = { readonly template: PostgresTemplate; readonly end: () => Promise<unknown> };

/**
 * A server of its own where that can be had: any transaction of a server holds back the readers of all its databases, and these tests look
 * at readers. Else the one that other tests have.
 */
const startServer = async (): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  try {
    return await startOwnPostgres({ durable: false });
  } catch {
    const { url, close } = await openPostgresDoor();
    const { server } = (await (await fetch(url)).json()) as PostgresTemplate; // as the door answers
    return { url: server, stop: close };
  }
};

const make = async (): Promise<Made> => {
  const { url, stop } = await startServer();
  const template = databaseName('mutants');
  await onServer(url, `create database ${template}`);
  await (await openStore({ url: inDatabase(url, template), home: '' })).close();
  await onServer(inDatabase(url, template), mark);
  const drop = () => onServer(url, `drop database if exists ${template} with (force)`);
  return { template: { server: url, template }, end: () => drop().then(stop) };
};

/** A door to a PostgreSQL whose databases know `mutant_reached()`. It is started when the first program comes. */
export const openDoor = async (): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  let made: Promise<Made> | null = null;
  const door = createServer((_, response) => {
    made ??= make();
    made.then(
      ({ template }) => response.end(JSON.stringify(template)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`, // it listens on a port
    close: async () => {
      door.closeAllConnections();
      door.close();
      await (await made?.catch(() => null))?.end();
    },
  };
};
