import { expect, test } from 'vitest';
import type { Store, StoredEvent } from '@hive/core-db';
import { readColumns } from './read-columns.ts';

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
const read = (after: number, limit: number) =>
  readColumns(store as Store, { correlationId, after: { xid: '0', position: after }, limit });

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
