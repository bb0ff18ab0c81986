import type { Reached } from '@hive/events';

/** Writes down what one command reached. */
export type Ledger = {
  /** A connection begins; the answer counts its bytes and says whether there may be more. */
  opened(host: string, port: number): { sent(bytes: number): boolean; received(bytes: number): boolean };
  refused(host: string, port: number, because: string): void;
  entries(): Reached[];
};

/** How much one command may send and receive over all of its connections, in bytes. */
export type Limits = { readonly sent: number; readonly received: number };

const maxHosts = 100;

/** Opens the ledger of one command. Names are written as they may be shown: what no host can have in it becomes `?`. */
export const createLedger = (limits: Limits): Ledger => {
  const entries = new Map<string, { -readonly [key in keyof Reached]: Reached[key] }>();
  const total = { sent: 0, received: 0 };
  const entryOf = (name: string, port: number) => {
    const shown = name.replaceAll(/[^A-Za-z0-9.:[\]-]/g, '?').slice(0, 200);
    const known = entries.get(`${shown}:${port}`);
    if (known) return known;
    // A command that asks for ever new names fills no memory.
    const [host, at] = entries.size < maxHosts ? [shown, port] : ['others', 0];
    const entry = entries.get(`${host}:${at}`) ?? { host, port: at, connections: 0, sent: 0, received: 0 };
    entries.set(`${host}:${at}`, entry);
    return entry;
  };
  const refused: Ledger['refused'] = (host, port, because) => {
    const entry = entryOf(host, port);
    entry.refused = { connections: (entry.refused?.connections ?? 0) + 1, because };
  };
  return {
    opened: (host, port) => {
      const entry = entryOf(host, port);
      entry.connections += 1;
      const count = (way: 'sent' | 'received') => (bytes: number) => {
        entry[way] += bytes;
        total[way] += bytes;
        if (total[way] <= limits[way]) return true;
        refused(host, port, `the command ${way} more than ${limits[way]} bytes`);
        return false;
      };
      return { sent: count('sent'), received: count('received') };
    },
    refused,
    entries: () => [...entries.values()].map((entry) => ({ ...entry })),
  };
};
