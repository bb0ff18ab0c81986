import { z } from 'zod';
import { ApprovalDocument } from './approval-document.ts';
import { ApprovalKind, ApprovalTier } from './approval.ts';
import { Id } from './ids.ts';

/** A request and what became of it, as lists and `GET /approvals/{id}` show it. */
export const ApprovalSummary = z.object({
  id: Id,
  state: z.enum(['open', 'approved', 'denied', 'used', 'expired']),
  kind: ApprovalKind,
  tier: ApprovalTier,
  action: z.string(),
  actionHash: z.string().describe('the address of the document; a decision has to carry it'),
  workflowId: Id,
  taskId: Id.nullable(),
  proposer: z.string(),
  assignedTo: z.string().nullable(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedOn: z.string().nullable().describe('the id of the paired browser where it was decided; null for a program'),
  decidedAt: z.string().nullable(),
  reason: z.string().nullable(),
  document: ApprovalDocument.nullable().describe('what is shown; null when its artefact is gone'),
});
export type ApprovalSummary = z.infer<typeof ApprovalSummary>;

/** Which approvals to list; without `state` those that wait for a decision. */
export const ApprovalFilter = z.strictObject({
  state: z.enum(['open', 'all']).optional(),
  workflow: z.string().max(100).optional(),
});
export type ApprovalFilter = z.infer<typeof ApprovalFilter>;

/** What `POST /approvals/{id}/decide` takes. `actionHash` is the one of what the person saw; a denial says why. */
export const DecideRequest = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  actionHash: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().min(1).max(4000).optional(),
  confirm: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe(
      'to agree to what cannot be taken back (T3): the name of the branch that it ends on, as the person typed it',
    ),
  by: z.string().min(1).max(190).optional().describe('who says to decide; shown, never proven'),
});
export type DecideRequest = z.infer<typeof DecideRequest>;
