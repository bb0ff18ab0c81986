import { requestApproval } from '@hive/agent-kit';
import { derivedId, type Move } from '@hive/bus';
import {
  approvalRules,
  type ApprovalDocument,
  type ApprovalRules,
  type HiveEvent,
  type NewEvent,
  type Submission,
} from '@hive/events';

/** A move, and what a person is shown with it; stored before the move is recorded. */
export type Decided = Move & { readonly shown?: ApprovalDocument };

export const rulesOf = (submission: Submission): ApprovalRules => approvalRules(submission.policy?.approvals);

/** Asks a person; `before` is recorded with it and told which request it is. Asked until `event` is as old as a request may get. Pure. */
export const ask = (
  event: HiveEvent,
  shown: ApprovalDocument,
  options: {
    readonly rules: ApprovalRules;
    readonly proposer: string;
    readonly before?: (approvalId: string) => NewEvent;
  },
): Decided => {
  const { rules, proposer, before } = options;
  const approvalId = derivedId(event.id, `approval ${shown.taskId ?? shown.workflowId}`);
  const asked = requestApproval(shown, { approvalId, at: event.at, rules, proposer });
  return { events: [...(before ? [before(approvalId)] : []), ...asked], shown };
};
