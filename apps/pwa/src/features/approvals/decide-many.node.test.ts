import { expect, test } from 'vitest';
import type { ApprovalSummary } from '@hive/events';
import type { QueuedDecision } from '../../data/queued-decision.ts';
import { decideMany, fitsTo, mayJoin } from './decide-many.ts';

/** What of a request matters here. */
const asks = (id: string, more: Partial<ApprovalSummary> = {}): ApprovalSummary =>
  ({
    ...{ id, actionHash: `hash of ${id}`, kind: 'merge', tier: 'T1', state: 'open', document: {} },
    ...{ expiresAt: '2030-01-31T00:00:00.000Z', ...more },
  }) as ApprovalSummary;

/** An outbox in memory; `answer` is what Hive makes of a decision: null when nobody answers. */
const sending = (answer: (decision: QueuedDecision) => 'recorded' | QueuedDecision['refused']) => {
  let kept: QueuedDecision[] = [];
  const sent: QueuedDecision[] = [];
  return {
    sent,
    outbox: {
      add: (decision: Omit<QueuedDecision, 'key' | 'decidedAt' | 'refused'>) => {
        const queued = { ...decision, key: `key ${kept.length}`, decidedAt: 0, refused: null };
        kept = [...kept, queued];
        return Promise.resolve(queued);
      },
      list: () => Promise.resolve(kept),
    },
    send: () => {
      sent.push(...kept);
      kept = kept.flatMap((it) => {
        const refused = answer(it);
        return refused === 'recorded' ? [] : [{ ...it, refused }];
      });
      return Promise.resolve();
    },
  };
};

test('only what waits, can be taken back and can be read joins, and only one kind of it', () => {
  expect(mayJoin(asks('a'))).toBe(true);
  for (const other of [{ tier: 'T2' }, { tier: 'T3' }, { state: 'denied' }, { document: null }] as const)
    expect(mayJoin(asks('a', other))).toBe(false);
  expect(fitsTo(asks('b'), [asks('a')])).toBe(true);
  expect(fitsTo(asks('b', { kind: 'plan' }), [asks('a')])).toBe(false);
  expect(fitsTo(asks('b', { tier: 'T0' }), [asks('a')])).toBe(false);
});

test('each is bound to its own hash, and what has changed meanwhile is refused by itself', async () => {
  const changed = { code: 'approval.changed', message: 'It has changed since it was shown' };
  const box = sending(({ approvalId }) => (approvalId === 'b' ? changed : 'recorded'));
  const outcomes = await decideMany([asks('a'), asks('b'), asks('c')], { decision: 'deny', reason: 'not now' }, box);
  expect(
    box.sent.map(({ approvalId, actionHash, decision, reason }) => [approvalId, actionHash, decision, reason]),
  ).toEqual(['a', 'b', 'c'].map((id) => [id, `hash of ${id}`, 'deny', 'not now']));
  expect(outcomes.map(({ state, said }) => `${state}: ${said}`)).toEqual([
    'done: denied',
    'refused: not recorded: superseded. It has changed since it was shown',
    'done: denied',
  ]);
});

test('without Hive all of them wait here', async () => {
  const outcomes = await decideMany(
    [asks('a'), asks('b')],
    { decision: 'approve', reason: '' },
    sending(() => null),
  );
  expect(outcomes.map(({ state }) => state)).toEqual(['waits', 'waits']);
});
