import { z } from 'zod';
import { Evidence } from './evidence.ts';
import { Id, Sha } from './ids.ts';
import { CodeSchema } from './plan.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({
  taskId: Id,
  workflowId: Id,
  branch: z.string(),
  attempt: z.int(),
  token: z.int(),
  /** The task under whose claim it was written, where that is another than `taskId`: changes are merged together. */
  lead: Id.optional(),
});

/** The approval that is used up with this, where one was asked for. */
const Approved = { approvalId: Id.optional(), actionHash: z.string().optional() };

/** What happens to one branch that Hive builds. Every move of a ref has its intent recorded before. */
export const merge = topic('merge', {
  /** About to move the branch from `from` (null: it does not exist yet) to `to` by compare-and-swap. `change` is the author's commit, which `to` is or was made from. */
  intended: Of.extend({
    from: Sha.nullable(),
    to: Sha,
    change: Sha.optional(),
    evidence: Evidence,
    /** The one move that it is part of, where several changes go in together: their intents follow each other, each from where the one before leads to. */
    batch: z.strictObject({ from: Sha.nullable(), to: Sha }).optional(),
    ...Approved,
  }),
  /** Checked again before the merge: on a base that had moved, with others (`tasks`, in their order, on top of each other) or for a second opinion. */
  batch_checked: Of.extend({ evidence: Evidence, tasks: z.array(Id).optional() }),
  completed: Of.extend({
    commit: Sha,
    evidence: Evidence,
    /** What became of `--into`: `moved`, or the sentence that says why not. Null when it was not asked for. */
    into: z.string().nullable(),
  }),
  rejected: Of.extend({ code: CodeSchema, reason: z.string(), culprit: Id }),
});
