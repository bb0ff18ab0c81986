import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setArmed } from './failpoint.ts';
import type { FailpointName } from './names.ts';
import { formatOrder, parseOrders, type Order } from './order.ts';

/** Where orders come from and where hits are told. */
export type Arming = {
  /** `name=action@hit;…`, or `@<folder>`: a folder that holds one file of orders for each process, named after it. */
  readonly failpoints: string | null;
  /** Each hit is appended here as a line of JSON, before anything happens. */
  readonly failpointLog: string | null;
};

/** One hit, as a line of the log. `did` is the order that it fulfilled. */
export type Hit = {
  readonly process: string;
  readonly pid: number;
  readonly name: FailpointName;
  readonly hit: number;
  readonly did: string | null;
};

/**
 * Arms the failpoints of this process, which others know as `name`; does nothing without `arming`. With a folder the orders are looked up at every hit, so that a running process can
 * be given some; hits count from then on, and an order is taken off the folder before it is carried out, so that the next process does not repeat it.
 * Throws `config.invalid` for orders that cannot be read.
 */
export const armFailpoints = (arming: Arming | undefined, name: string): void => {
  if (arming === undefined) return;
  const { failpoints: orders, failpointLog: log } = arming;
  const source = orders?.startsWith('@') ? inFolder(join(orders.slice(1), name)) : always(parseOrders(orders ?? ''));
  if (log !== null) mkdirSync(dirname(log), { recursive: true });
  let counted: readonly Order[] = [];
  const hits = new Map<FailpointName, number>();
  setArmed((place) => {
    const now = source.orders();
    if (now !== counted) hits.clear();
    counted = now;
    const hit = (hits.get(place) ?? 0) + 1;
    hits.set(place, hit);
    const order = now.find((it) => it.name === place && it.hit === hit);
    if (log !== null)
      tell(log, { process: name, pid: process.pid, name: place, hit, did: order ? formatOrder(order) : null });
    if (order === undefined) return null;
    source.taken();
    return order.action;
  });
};

/** Disarms this process; for tests that armed it. */
export const disarmFailpoints = (): void => setArmed(null);

/** One append is one write, so lines of many processes do not mix. */
const tell = (log: string, hit: Hit): void => appendFileSync(log, `${JSON.stringify(hit)}\n`);

type Source = { readonly orders: () => readonly Order[]; readonly taken: () => void };

const none: readonly Order[] = [];

const always = (orders: readonly Order[]): Source => ({ orders: () => orders, taken: () => undefined });

const inFolder = (file: string): Source => {
  let text = '';
  let orders = none;
  const read = (): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return ''; // nothing is ordered
    }
  };
  return {
    orders: () => {
      const now = read();
      if (now === text) return orders;
      text = now;
      orders = now === '' ? none : parseOrders(now);
      return orders;
    },
    taken: () => rmSync(file, { force: true }),
  };
};
