import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatOrder } from '@hive/failpoints';
import type { Strike } from './strike.ts';

/** The folder from which processes take their orders: one file each. */
export type Orders = { give(strike: Strike): void; withdraw(process: string): void };

/** Orders in `folder`; see `armFailpoints`. */
export const createOrders = (folder: string): Orders => {
  mkdirSync(folder, { recursive: true });
  return {
    give: ({ process, name, hit, how }) => {
      const file = join(folder, process);
      writeFileSync(`${file}.new`, formatOrder({ name, hit, action: { kind: how === 'kill' ? 'kill' : 'stop' } }));
      renameSync(`${file}.new`, file); // never seen half written
    },
    withdraw: (process) => rmSync(join(folder, process), { force: true }),
  };
};
