import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApprovalSummary } from '@hive/events';
import { createOutbox, type NewDecision, type OutboxNews } from './outbox.ts';
import type { QueuedDecision } from './queued-decision.ts';
import { roomDb } from './room-db.ts';
import type { Sent } from './send-decision.ts';

const name = 'hive-test-outbox';
let clock: number;
let sent: string[];
let answer: (decision: QueuedDecision) => Sent;

const recorded: Sent = { outcome: 'recorded', approval: { id: 'a' } as ApprovalSummary }; // handed on, not looked into
const decision = (approvalId: string): NewDecision => ({
  ...{ approvalId, decision: 'approve', actionHash: 'f'.repeat(64), expiresAt: 1000 },
});
/** The outbox of one tab. */
const tab = () =>
  createOutbox({
    open: roomDb(name),
    name,
    now: () => clock,
    send: async (queued) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      sent.push(`${queued.approvalId} ${queued.key}`);
      return answer(queued);
    },
  });

beforeEach(() => {
  [clock, sent] = [0, []];
  answer = () => recorded;
});
afterEach(() => deleteDB(name));

test('a decision is sent once, however many tabs send what waits', async () => {
  const tabs = [tab(), tab(), tab()] as const;
  const news: OutboxNews[] = [];
  tabs[2].onNews((it) => news.push(it));
  const { key } = await tabs[0].add(decision('a'));
  expect(await Promise.all([...tabs, ...tabs].map((it) => it.flush()))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(sent).toEqual([`a ${key}`]);
  expect(await tabs[1].list()).toEqual([]);
  await vi.waitFor(() => expect(news.map(({ kind }) => kind)).toContain('recorded'));
});

test('what cannot be sent waits in order, under the same key, also for another tab', async () => {
  const first = tab();
  answer = () => ({ outcome: 'later' });
  const { key } = await first.add(decision('a'));
  clock = 1;
  await first.add(decision('b'));
  expect(await first.flush()).toBe(2);
  expect(sent).toEqual([`a ${key}`]);
  answer = () => recorded;
  expect(await tab().flush()).toBe(0);
  expect(sent.map((it) => it.split(' ')[0])).toEqual(['a', 'a', 'b']);
  expect(new Set(sent).size).toBe(2);
});

test('what was refused is told and not sent again; what is too late is not sent at all', async () => {
  const outbox = tab();
  answer = ({ approvalId }) =>
    approvalId === 'changed' ? { outcome: 'refused', code: 'approval.changed', message: 'It has changed' } : recorded;
  await outbox.add(decision('changed'));
  await outbox.add(decision('fine'));
  expect(await outbox.flush()).toBe(0);
  expect(await outbox.flush()).toBe(0);
  expect(sent).toHaveLength(2);
  expect(await outbox.list()).toMatchObject([{ refused: { code: 'approval.changed' } }]);

  const late = await outbox.add(decision('late'));
  clock = 1000;
  await outbox.flush();
  expect(sent).toHaveLength(2);
  expect((await outbox.list()).map(({ refused }) => refused?.code)).toContain('approval.expired');
  expect([await outbox.remove(late.key), await outbox.remove(late.key)]).toEqual([true, false]);
});
