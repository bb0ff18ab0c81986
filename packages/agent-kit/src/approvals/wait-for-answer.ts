import { wakeSteps, type Claim, type Outcome } from '@hive/bus';
import { approvalRules, streams, type ApprovalView, type WorkflowView } from '@hive/events';
import type { Context } from '../agent.ts';
import { requestApproval, shownText } from './request-approval.ts';
import type { Waiting } from './waiting.ts';

/** A little after nobody can answer any more; whoever tells that wakes the step before. */
const afterMs = 2000;

/**
 * Gives a step back until a person has answered, without a failure: the request and the wait are one commit, and nothing runs meanwhile. The queen wakes the
 * step with the answer.
 */
export const waitForAnswer = async (
  claim: Claim,
  { asks, until, because }: Waiting,
  ctx: Context,
): Promise<Outcome> => {
  const { bus, artefacts } = ctx;
  const { workflowId, taskId } = claim.step;
  const now = await bus.store.now();
  if (asks === null) {
    const waited = await bus.queue.snooze(claim, msUntil(until, now), `it waits for ${because}`);
    // The answer may have come between the look and the wait, when there was nothing to wake.
    if (await isAnswered(workflowId, taskId, ctx)) await wakeSteps(bus.store, { workflowId, taskId });
    return waited;
  }
  await artefacts.put(shownText(asks));
  const stream = streams.workflow(workflowId);
  const { submission } = (await bus.store.heads([stream])).heads.get(stream)?.view as WorkflowView; // of the step in hand
  const rules = approvalRules(submission.policy?.approvals);
  const events = requestApproval(asks, {
    approvalId: bus.around.newId(),
    at: now,
    rules,
    proposer: bus.actor,
  });
  return bus.queue.snooze(claim, rules.lifetimeMs + afterMs, `it waits for ${because}`, events);
};

const msUntil = (until: string | null, now: string): number =>
  Math.max(0, (until === null ? 0 : Date.parse(until) - Date.parse(now)) + afterMs);

/** True when nothing that the step has asked for is open any more. */
const isAnswered = async (workflowId: string, taskId: string | null, { bus }: Context): Promise<boolean> => {
  const heads = await bus.store.listHeads({
    kind: 'approval',
    states: ['open'],
    correlationId: workflowId,
    limit: 1000,
  });
  // Heads of kind approval.
  return !heads.some(
    ({ view }) => (view as ApprovalView).kind === 'egress' && (view as ApprovalView).taskId === taskId,
  );
};
