import { expect, test } from 'vitest';
import type { LoggedEvent, Store } from '@hive/core-db';
import { createReport } from './report.ts';

const now = Date.parse('2026-11-22T10:00:00.000Z');

/** A log of so many events, one a second until now, and what was read of it. */
const logOf = (count: number) => {
  const read: number[] = [];
  const events = Array.from({ length: count }, (_, n) => ({
    ...{ id: `e${n}`, position: n + 1, type: 'task.snoozed', stream: 'task/t', version: n + 1, correlationId: 'w' },
    ...{ causationId: null, actor: 'worker/w', at: new Date(now - (count - n) * 1000).toISOString() },
    data: { taskId: 't', step: 'check', attempt: 1, token: 1, until: '', reason: '' },
    cursor: { xid: '0', position: n + 1 },
  })) as unknown as LoggedEvent[];
  const store: Partial<Store> = {
    now: () => Promise.resolve(new Date(now).toISOString()),
    events: ({ after, limit }) => {
      const older = events.slice(0, (after?.position ?? count + 1) - 1);
      const page = older.slice(-limit).toReversed();
      read.push(...page.map(({ position }) => position));
      return Promise.resolve({ events: page, looked: { xid: '0', position: count } });
    },
    heads: () => Promise.resolve({ heads: new Map(), now: '' }),
    listHeads: () => Promise.resolve([]),
  };
  return { report: createReport(store as Store), read };
};

test('a report reads each event once, no further back than it has to, and lets others have their turn', async () => {
  const { report, read } = logOf(3000);
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await report({ since: new Date(now - 1_200_000).toISOString() });
  isOver = true;
  expect(read).toEqual(Array.from({ length: 1500 }, (_, n) => 3000 - n));
  expect(turns).toBeGreaterThan(1);
});

test('a log that ends before the moment is read to its end', async () => {
  const { report, read } = logOf(700);
  await report({ since: new Date(now - 86_400_000).toISOString() });
  expect(read).toHaveLength(700);
});
