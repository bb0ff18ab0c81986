import { streams, type ApprovalView, type EventOf, type HiveEvent, type NewEvent, type TaskView } from '@hive/events';
import type { State } from '../state.ts';

const of = ({ id, actionHash }: ApprovalView) => ({ approvalId: id, actionHash });

/** Says that what was agreed to is done now; recorded with it. */
export const used = (approval: ApprovalView): NewEvent => ({
  type: 'approval.consumed',
  stream: streams.approval(approval.id),
  data: { ...of(approval), by: approval.taskId ?? approval.workflowId },
});

const withdrawn = (approval: ApprovalView, reason: string): NewEvent => ({
  type: 'approval.expired',
  stream: streams.approval(approval.id),
  data: { ...of(approval), reason },
});

const isPending = ({ state }: ApprovalView): boolean => state === 'open' || state === 'approved';

/** Requests that have lost what they were about. Pure. */
export const withdrawals = (state: State, event: HiveEvent): readonly { readonly events: readonly NewEvent[] }[] => {
  const reason = lostBy[event.type];
  if (reason === undefined) return [];
  const taskId = event.type.startsWith('task.') ? event.stream.slice('task/'.length) : null;
  return [...state.approvals.values()]
    .filter((it) => isPending(it) && it.taskId === taskId)
    .map((it) => ({ events: [withdrawn(it, reason)] }));
};

const lostBy: Readonly<Partial<Record<HiveEvent['type'], string>>> = {
  'task.returned': 'The change went back to its author',
  'task.submitted': 'There is another change now',
  'task.redriven': 'The task began anew',
  'task.cancelled': 'The task was cancelled',
  'task.refused': 'The task was refused',
  'task.failed': 'The task failed',
  'task.dead_lettered': 'The task was given up',
  'workflow.cancelled': 'The workflow was cancelled',
  'workflow.failed': 'The workflow is over',
};

/** What follows for a task from what became of its request: its merge, its author's next attempt, or its end. Pure. */
export const taskFollows = (
  task: TaskView | undefined,
  approval: ApprovalView,
  event: EventOf<'approval.decided' | 'approval.expired'>,
): readonly NewEvent[] => {
  if (task?.state !== 'waiting') return [];
  const stream = streams.task(task.id);
  const findings = [...task.findings];
  if (event.type === 'approval.expired') {
    if (event.data.reason !== undefined) return [];
    const reason = `Nobody decided about it until ${approval.expiresAt}: ${approval.action}`;
    return [{ type: 'task.refused', stream, data: { taskId: task.id, code: 'approval.expired', reason, findings } }];
  }
  if (approval.patch !== task.patch) return [withdrawn(approval, 'There is another change now')];
  const { decision, reason } = event.data;
  const by = approval.decidedBy ?? event.actor;
  if (decision === 'deny')
    return [
      {
        type: 'task.refused',
        stream,
        data: {
          taskId: task.id,
          code: 'approval.denied',
          reason: `${by}: ${reason ?? 'no reason was given'}`,
          findings,
        },
      },
    ];
  if (approval.kind === 'question')
    return [
      {
        type: 'task.returned',
        stream,
        data: { taskId: task.id, findings, ...(reason !== undefined && { note: reason }) },
      },
      used(approval),
    ];
  return [
    {
      type: 'task.review_completed',
      stream,
      data: {
        taskId: task.id,
        step: 'review',
        attempt: task.tries['review'] ?? 1,
        token: task.token,
        decision: 'approve',
        reviewer: { agent: by, kind: 'human' },
        findings: [],
        remaining: 0,
        approval: { id: approval.id, actionHash: approval.actionHash },
      },
    },
  ];
};
