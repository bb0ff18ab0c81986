import { expect, test } from 'vitest';
import type { ApprovalSummary, HiveEvent } from '@hive/events';
import type { QueuedDecision } from '../../data/queued-decision.ts';
import { answerOf, findIn, inboxOf, mayQueue, progressOf, withNewer } from './approvals-model.ts';

const approval = (id: string, more: Partial<ApprovalSummary> = {}) =>
  ({
    ...{ id, state: 'open', tier: 'T1', kind: 'merge', expiresAt: '2026-01-02', decidedAt: null, ...more },
  }) as ApprovalSummary; // the model reads no more of it
const queued = (approvalId: string, refused: QueuedDecision['refused'] = null) =>
  ({ approvalId, key: approvalId, refused }) as QueuedDecision; // likewise

test('what reaches farthest stands first, then what ends first', () => {
  const inbox = inboxOf(
    [
      approval('late', { expiresAt: '2026-01-03' }),
      approval('over', { state: 'denied' }),
      approval('soon'),
      approval('far', { tier: 'T2', expiresAt: '2026-01-04' }),
    ],
    1,
  );
  expect(inbox.open.map(({ id }) => id)).toEqual(['far', 'soon', 'late']);
  expect(inbox.past.map(({ id }) => id)).toEqual(['over']);
  expect([findIn(inbox, 'on')?.id, findIn(inbox, 'oon')?.id, findIn(inbox, ''), findIn(inbox, 'r')]).toEqual([
    'soon',
    'soon',
    null,
    null,
  ]);
  const newer = withNewer(inbox, approval('soon', { state: 'used' }));
  expect(newer.open.map(({ id }) => id)).toEqual(['far', 'late']);
  expect(newer.past.map(({ id }) => id)).toEqual(['soon', 'over']);
});

test('a decision is queued here, then recorded, then what follows from it is known', () => {
  const event = {} as HiveEvent; // only handed on
  const refusal = { code: 'approval.changed', message: 'It has changed' };
  expect(progressOf(approval('a'), [], null).step).toBe('open');
  expect(progressOf(approval('a'), [queued('a')], null).step).toBe('queued');
  expect(progressOf(approval('a'), [queued('a', refusal)], null).step).toBe('refused');
  expect(progressOf(approval('a', { state: 'expired' }), [queued('a', refusal)], null).step).toBe('refused');
  const decided = approval('a', { state: 'approved', decidedAt: '2026-01-01' });
  expect(progressOf(decided, [queued('a', refusal)], null)).toEqual({ step: 'recorded', consumed: null });
  expect(progressOf(decided, [], event)).toEqual({ step: 'recorded', consumed: event });
  expect(progressOf(approval('a', { state: 'expired' }), [], null).step).toBe('expired');
});

test('what cannot be taken back is not decided offline', () => {
  expect([mayQueue({ tier: 'T2' }), mayQueue({ tier: 'T3' })]).toEqual([true, false]);
});

test('what cannot be taken back is approved by typing the branch that it ends on, and denied without', () => {
  const shown = (tier: 'T2' | 'T3', into: string | null) =>
    ({ tier, document: { branch: 'hive/x', into } }) as Parameters<typeof answerOf>[0];
  const answer = (it: Parameters<typeof answerOf>[0], typed: string, decision: 'approve' | 'deny' = 'approve') =>
    answerOf(it, { decision, note: ' why ', typed });
  expect(answer(shown('T3', 'production'), '')).toBe('confirm');
  expect(answer(shown('T3', 'production'), 'hive/x')).toBe('confirm');
  expect(answer(shown('T3', 'production'), ' production ')).toMatchObject({ confirm: 'production', reason: 'why' });
  expect(answer(shown('T3', null), 'hive/x')).toMatchObject({ confirm: 'hive/x' });
  expect(answer(shown('T3', 'production'), '', 'deny')).toMatchObject({ decision: 'deny', confirm: null });
  expect(answer(shown('T2', 'main'), '')).toMatchObject({ confirm: null });
  expect(answerOf(shown('T2', null), { decision: 'deny', note: ' ', typed: '' })).toBe('note');
});
