import { beginningOf } from '@hive/errors';
import type { ApprovalTier, HiveEvent, NoticeKind } from '@hive/events';

/** What people are told: ids and one line. `closed` takes back what was told under the same tag. */
export type Notice = {
  readonly kind: NoticeKind | 'closed' | 'test';
  readonly eventId: string;
  /** Notices of one tag replace each other; that of an approval is its id. */
  readonly tag: string;
  readonly title: string;
  readonly line: string;
  /** The page of the control room that shows it. */
  readonly path: string;
  readonly at: string;
  /** Told too late, it is not told. */
  readonly until: string | null;
  readonly approval: { readonly id: string; readonly actionHash: string; readonly tier: ApprovalTier } | null;
  readonly workflowId: string | null;
};

/** The events that people are told of. */
export const noticeTypes = [
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'workflow.failed',
  'task.dead_lettered',
  'budget.exhausted',
];

const mostLetters = 140;

/** One line of what others wrote: no controls, no marks that turn text round, not long. */
export const oneLineOf = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= mostLetters ? line : `${beginningOf(line, mostLetters - 1).trimEnd()}…`;
};

/** What an event is told as; null for one that is not told. Pure. */
export const noticeOf = (event: HiveEvent): Notice | null => {
  const common = { eventId: event.id, at: event.at, until: null, approval: null, workflowId: event.correlationId };
  const trace = `/traces/${event.correlationId}`;
  switch (event.type) {
    case 'approval.requested': {
      const { approvalId: id, actionHash, tier = 'T2', action, expiresAt } = event.data;
      return {
        ...{ ...common, kind: 'approvals', tag: id, title: 'Waits for your decision', line: oneLineOf(action) },
        ...{ path: `/approvals/${id}`, until: expiresAt, approval: { id, actionHash, tier } },
      };
    }
    case 'approval.decided': {
      const { approvalId: tag, decision, by = event.actor } = event.data;
      const line = oneLineOf(`by ${by.replace(/^human\//, '')}`);
      return {
        ...{ ...common, kind: 'closed', tag, title: decision === 'approve' ? 'Approved' : 'Denied', line },
        path: `/approvals/${tag}`,
      };
    }
    case 'approval.expired': {
      const { approvalId: tag, reason } = event.data;
      const line = oneLineOf(reason ?? 'nobody decided in time');
      return { ...common, kind: 'closed', tag, title: 'Not asked any more', line, path: `/approvals/${tag}` };
    }
    case 'workflow.failed':
      return {
        ...{ ...common, kind: 'failures', tag: event.correlationId, title: 'A workflow failed', path: trace },
        line: oneLineOf(event.data.reason),
      };
    case 'task.dead_lettered':
      return {
        ...{ ...common, kind: 'failures', tag: event.data.taskId, title: 'A task was given up', path: trace },
        line: oneLineOf(event.data.reason),
      };
    case 'budget.exhausted': {
      const { of = 'workflow', spent, limit, workflowId } = event.data;
      return {
        ...{ ...common, kind: 'budgets', tag: `budget/${workflowId ?? of}`, title: 'A budget is used up' },
        ...{ line: oneLineOf(`${of}: ${spent} of ${limit}`), path: workflowId === null ? '/' : trace, workflowId },
      };
    }
    default:
      return null;
  }
};

/** The same without words of a workflow, for where those may not go. */
export const withoutWords = (notice: Notice): Notice => ({ ...notice, line: 'Open the control room to see it.' });
