import type { ApprovalKind, ApprovalTier } from './approval.ts';
import type { HiveEvent } from './catalogue.ts';
import type { Fact } from './task-view.ts';
import { transitionRefused } from './transitions.ts';

/** What has become of a request. `open` and `approved` may still change. */
export type ApprovalState = 'open' | 'approved' | 'denied' | 'used' | 'expired';

/** What is known of an approval: the fold of its stream. */
export type ApprovalView = {
  readonly id: string;
  readonly state: ApprovalState;
  readonly kind: ApprovalKind;
  readonly tier: ApprovalTier;
  readonly actionHash: string;
  readonly action: string;
  readonly workflowId: string;
  readonly taskId: string | null;
  readonly patch: string | null;
  readonly proposer: string;
  readonly assignedTo: string | null;
  readonly requestedAt: string;
  /** Until when it can be decided; once it is approved, until when it can be used. */
  readonly expiresAt: string;
  readonly decidedBy: string | null;
  /** The id of the paired browser where they did; a program has none. */
  readonly decidedOn?: string;
  readonly decidedAt: string | null;
  /** What the person said, or why it is not asked any more. */
  readonly reason: string | null;
};

/** The roles whose processes act by themselves. What they or anything below them want is decided by somebody else. */
const agentRoles = ['orchestrator', 'planner', 'worker', 'reviewer'];

/**
 * Whether an actor may decide a request: never its proposer nor what derives from it (`worker/worker-1/tools` from `worker/worker-1`), and no agent at all.
 */
export const mayDecide = ({ proposer }: Pick<ApprovalView, 'proposer'>, actor: string): boolean =>
  actor !== proposer && !actor.startsWith(`${proposer}/`) && !agentRoles.includes(actor.split('/')[0] ?? '');

/** The approval after an event. Throws `transition.refused` for one that does not fit: decided once and in time, by somebody else, for the very action; used once. */
export const foldApproval = (view: ApprovalView | null, fact: Fact): ApprovalView => {
  const event = fact as HiveEvent;
  if (event.type === 'approval.requested' && view === null) {
    const { approvalId: id, kind = 'merge', tier = 'T2', patch = null, ...rest } = event.data;
    return {
      ...rest,
      ...{ id, kind, tier, patch, state: 'open', assignedTo: null, requestedAt: event.at },
      ...{ decidedBy: null, decidedAt: null, reason: null },
    };
  }
  const next = view && after(view, event);
  if (!next) throw transitionRefused(event.stream, view?.state ?? null, event.type);
  return next;
};

/** null: it does not fit. */
const after = (view: ApprovalView, event: HiveEvent): ApprovalView | null => {
  if ((event.data as { actionHash?: string }).actionHash !== view.actionHash) return null;
  switch (event.type) {
    case 'approval.assigned':
      return view.state === 'open' ? { ...view, assignedTo: event.data.to } : null;
    case 'approval.decided': {
      const { decision, reason = null, expiresAt, by = event.actor, device } = event.data;
      const others = mayDecide(view, event.actor) && mayDecide(view, by);
      if (view.state !== 'open' || event.at >= view.expiresAt || !others) return null;
      const state = decision === 'approve' ? 'approved' : 'denied';
      return {
        ...view,
        state,
        expiresAt,
        decidedBy: by,
        ...(device !== undefined && { decidedOn: device }),
        decidedAt: event.at,
        reason,
      };
    }
    case 'approval.consumed':
      return view.state === 'approved' && event.at < view.expiresAt ? { ...view, state: 'used' } : null;
    case 'approval.expired': {
      const { reason = null } = event.data;
      const isDue = event.at >= view.expiresAt || reason !== null;
      return (view.state === 'open' || view.state === 'approved') && isDue
        ? { ...view, state: 'expired', reason }
        : null;
    }
    default:
      return null;
  }
};
