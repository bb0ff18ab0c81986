import { z } from 'zod';
import { Id, Time } from './ids.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({ approvalId: Id, actionHash: z.string() });

/** What a person was asked, and what they decided. Bound to the hash of exactly what was shown. */
export const approval = topic('approval', {
  requested: Of.extend({
    taskId: Id.nullable(),
    workflowId: Id,
    proposer: z.string(),
    action: z.string(),
    expiresAt: Time,
  }),
  assigned: Of.extend({ to: z.string() }),
  decided: Of.extend({ decision: z.enum(['approve', 'deny']), reason: z.string().optional(), expiresAt: Time }),
  consumed: Of.extend({ by: Id }),
  expired: Of,
});
