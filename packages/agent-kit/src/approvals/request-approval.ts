import { createHash } from 'node:crypto';
import { canonicalJson } from '@hive/core-db';
import { streams, type ApprovalDocument, type ApprovalRules, type NewEvent } from '@hive/events';

/** The canonical JSON of what is shown. */
export const shownText = (document: ApprovalDocument): string => canonicalJson(document);

/** What a decision is bound to: the address of what is shown. */
export const actionHashOf = (document: ApprovalDocument): string =>
  createHash('sha256').update(shownText(document)).digest('hex');

/** The events that ask a person about what is shown, until it is as old as the rules allow. `at`: when it is asked, an ISO time. Pure. */
export const requestApproval = (
  shown: ApprovalDocument,
  asking: {
    readonly approvalId: string;
    readonly at: string;
    readonly rules: ApprovalRules;
    readonly proposer: string;
  },
): readonly NewEvent[] => {
  const { approvalId, at, rules, proposer } = asking;
  const { taskId, workflowId, action, kind, tier, patch } = shown;
  const of = { approvalId, actionHash: actionHashOf(shown) };
  const stream = streams.approval(approvalId);
  const expiresAt = new Date(Date.parse(at) + rules.lifetimeMs).toISOString();
  const about = { taskId, workflowId, proposer, action, expiresAt, kind, tier };
  return [
    { type: 'approval.requested', stream, data: { ...of, ...about, ...(patch !== null && { patch }) } },
    ...(rules.approver === null
      ? []
      : [{ type: 'approval.assigned' as const, stream, data: { ...of, to: rules.approver } }]),
  ];
};
