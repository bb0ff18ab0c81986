import { expect, test } from 'vitest';
import { foldApproval, mayDecide, type ApprovalView } from './approval-view.ts';
import {
  consumed,
  decided,
  event,
  expired,
  otherHash,
  proposer,
  requested,
  tryTraces,
  type Told,
} from './testing/approval-traces.ts';

const fold = (...told: Told[]) => told.map(event).reduce<ApprovalView | null>(foldApproval, null);

test('a request is decided by somebody else, for the very action, and used once', () => {
  expect(fold(requested())).toMatchObject({ state: 'open', proposer, assignedTo: null });
  expect(fold(requested(), decided('deny', {}, { reason: 'no' }))).toMatchObject({ state: 'denied', reason: 'no' });
  expect(fold(requested(), decided('approve'))).toMatchObject({ state: 'approved', decidedBy: 'human/ada' });
  expect(fold(requested(), decided('approve'), consumed())?.state).toBe('used');
  expect(fold(requested(), expired(60))?.state).toBe('expired');
  expect(fold(requested(), expired(5, 'The task was cancelled'))?.reason).toBe('The task was cancelled');
});

test.each<[string, Told[]]>([
  ['a decision by the proposer', [requested(), decided('approve', { actor: proposer })]],
  ['a decision in the name of the proposer', [requested(), decided('approve', {}, { by: proposer })]],
  ['a decision by what derives from the proposer', [requested(), decided('approve', { actor: `${proposer}/tools` })]],
  ['a decision by another agent', [requested(), decided('approve', { actor: 'reviewer/reviewer' })]],
  ['a decision about another action', [requested(), decided('approve', { actionHash: otherHash })]],
  ['a decision that is too late', [requested(), decided('approve', { minute: 60 })]],
  ['a second decision', [requested(), decided('deny'), decided('approve')]],
  ['a decision after the request was withdrawn', [requested(), expired(5, 'over'), decided('approve')]],
  ['a use without a decision', [requested(), consumed()]],
  ['a use after a denial', [requested(), decided('deny'), consumed()]],
  ['a second use', [requested(), decided('approve'), consumed(), consumed()]],
  ['a use for another action', [requested(), decided('approve'), consumed({ actionHash: otherHash })]],
  ['a use that is too late', [requested(), decided('approve'), consumed({ minute: 120 })]],
  ['an end before its time', [requested(), expired(59)]],
  ['a second request', [requested(), requested()]],
])('%s is refused', (_, told) => {
  expect(() => fold(...told)).toThrow(/does not fit/);
});

test('10,000 random stories: whatever is tried in whatever order, what was not agreed to is not used', () => {
  const { used, refused, wrong, without } = tryTraces(1, 10_000);
  expect(wrong).toEqual([]);
  // Both happen, and without the fold there would be a lot to find.
  expect(used).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(10_000);
  expect(without).toBeGreaterThan(10_000);
});

test('agents decide nothing, and nobody decides what they propose', () => {
  expect(mayDecide({ proposer }, 'cli/1a2b3c4d')).toBe(true);
  for (const actor of [proposer, `${proposer}/x`, 'worker/worker-2', 'orchestrator/orchestrator', 'planner'])
    expect(mayDecide({ proposer }, actor)).toBe(false);
  expect(mayDecide({ proposer: 'human/ada' }, 'human/ada')).toBe(false);
  expect(mayDecide({ proposer: 'human/ada' }, 'human/adam')).toBe(true);
});
