import { z } from 'zod';
import { ArtefactHash, Id, Time } from './ids.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({ approvalId: Id, actionHash: z.string() });

/** What a person is asked about: a plan before its first task, a change before its merge, whether an author goes on, or text before it is sent to a model. */
export const ApprovalKind = z.enum(['plan', 'merge', 'question', 'egress']);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

/** How far an action reaches: T0 reads, T1 can be taken back, T2 leaves or widens what Hive may do, T3 cannot be taken back. */
export const ApprovalTier = z.enum(['T0', 'T1', 'T2', 'T3']);
export type ApprovalTier = z.infer<typeof ApprovalTier>;

/**
 * What a person was asked, and what they decided. `actionHash` is the SHA-256 of the canonical JSON of exactly what was shown, and with that the
 * address of the artefact that holds it.
 */
export const approval = topic('approval', {
  /** Asked until `expiresAt`. `proposer` is the actor who wants to do it, and may not decide. */
  requested: Of.extend({
    taskId: Id.nullable(),
    workflowId: Id,
    proposer: z.string(),
    action: z.string(),
    expiresAt: Time,
    kind: ApprovalKind.optional(),
    tier: ApprovalTier.optional(),
    /** The change that it is about: the artefact of its patch. */
    patch: ArtefactHash.optional(),
  }),
  /** Whom it is meant for; shown, and no condition. */
  assigned: Of.extend({ to: z.string() }),
  /** `by` is who decided, `device` the id of the paired browser where they did; what is approved has to be used before `expiresAt`. */
  decided: Of.extend({
    decision: z.enum(['approve', 'deny']),
    reason: z.string().max(4000).optional(),
    expiresAt: Time,
    by: z.string().max(200).optional(),
    device: z.string().max(200).optional(),
  }),
  /** Used, in the same commit as what it allows. `by` is the task, or the workflow of a plan. */
  consumed: Of.extend({ by: Id }),
  /** Nobody decided in time, or (`reason`) there is nothing to decide any more. Acts as denied. */
  expired: Of.extend({ reason: z.string().max(1000).optional() }),
});
