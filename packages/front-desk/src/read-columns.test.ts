import { expect, test } from 'vitest';
import type { Store, StoredEvent } from '@hive/core-db';
import { createColumnsReader } from './read-columns.ts';

const correlationId = 'w';
const idOf = (n: number) => `0199c0de-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const log = Array.from({ length: 2500 }, (_, n): StoredEvent => {
  const causationId = n === 0 ? null : idOf(n - 1);
  const of = { type: 'task.snoozed', stream: 'task/t', actor: 'worker/w', at: '2026-11-22T10:00:00.000Z' };
  return {
    ...of,
    id: idOf(n),
    position: n + 1,
    xid: '0',
    causationId,
    data: '{"taskId":"t","step":"check","reason":""}',
  };
});
const store: Partial<Store> = {
  storedEvents: ({ after, limit }) =>
    Promise.resolve(log.filter(({ position }) => position > after.position).slice(0, limit)),
  positions: (_, ids) =>
    Promise.resolve(new Map(log.flatMap((it) => (ids.includes(it.id) ? [[it.id, it.position] as const] : [])))),
};
const asked = (after: number, limit: number) => ({ correlationId, after: { xid: '0', position: after }, limit });
const read = (after: number, limit: number) => createColumnsReader(store as Store)(asked(after, limit));

test('a part holds what was asked for, however many readings that takes, and says whether it was all', async () => {
  for (const [after, limit, rows, next] of [
    [0, 10_000, 2500, null],
    [0, 2500, 2500, null],
    [0, 2499, 2499, '2499'],
    [0, 1000, 1000, '1000'],
    [1000, 1500, 1500, null],
    [2500, 10, 0, null],
  ] as const) {
    const part = await read(after, limit);
    expect([part.positions.length, part.next], `${limit} after ${after}`).toEqual([rows, next]);
    expect(part.ids.length).toBe(rows * 32);
    // The cause of each is the one before it, also where that is in another part.
    expect(part.causes.every((distance, row) => distance === (after + row === 0 ? 0 : 1))).toBe(true);
  }
});

test('a last part that is asked for again goes on from where it was, and is what it would be if it were made anew', async () => {
  let recorded = 0;
  let looked = 0;
  const growing: Partial<Store> = {
    storedEvents: async ({ after, limit }) => {
      const found = log.slice(0, recorded).filter(({ position }) => position > after.position);
      looked += Math.min(found.length, limit);
      return found.slice(0, limit);
    },
    // The cause of the first one is recorded after it.
    positions: (_, ids) =>
      Promise.resolve(
        new Map(log.slice(0, recorded).flatMap((it) => (ids.includes(it.id) ? [[it.id, it.position] as const] : []))),
      ),
  };
  const before = log.splice(0, log.length, ...log.map((it, n) => (n === 0 ? { ...it, causationId: idOf(1100) } : it)));
  try {
    const readOn = createColumnsReader(growing as Store);
    const seen = new Map<number, [now: string, kept: unknown]>();
    for (const events of [1000, 1000, 1099, 1101, 2400, 2500]) {
      recorded = events;
      const part = await readOn(asked(0, 2400));
      const anew = await createColumnsReader(growing as Store)(asked(0, 2400));
      expect(part, `${events} events`).toEqual(anew);
      seen.set(events, [JSON.stringify(part), part]);
    }
    for (const [then, part] of seen.values()) expect(JSON.stringify(part)).toBe(then);
    looked = 0;
    recorded = 2300;
    const other = createColumnsReader(growing as Store);
    await other(asked(0, 2400));
    const first = looked;
    recorded = 2310;
    await Promise.all([other(asked(0, 2400)), other(asked(0, 2400))]).then(([a, b]) => expect(a).toEqual(b));
    // Two at once: one goes on with ten, the other begins anew.
    expect([first, looked - first]).toEqual([2302, 10 + 2312]);
  } finally {
    log.splice(0, log.length, ...before);
  }
});
