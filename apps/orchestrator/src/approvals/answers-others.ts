import type { Move } from '@hive/bus';
import { shortId, streams, type ApprovalView, type HiveEvent } from '@hive/events';
import type { State } from '../state.ts';

/** Tasks that have asked the same word for word, about hosts for their workflow, have their answer too: their own requests are taken back. Pure. */
export const answersOthers = (state: State, { id, action, kind }: ApprovalView, event: HiveEvent): readonly Move[] => {
  if (event.type !== 'approval.decided') return [];
  const others = [...state.approvals.values()].filter(
    (other) => other.id !== id && other.state === 'open' && other.kind === kind && other.action === action,
  );
  return others.map((other) => {
    const data = { approvalId: other.id, actionHash: other.actionHash, reason: `Answered by approval ${shortId(id)}` };
    return { events: [{ type: 'approval.expired', stream: streams.approval(other.id), data }] };
  });
};
