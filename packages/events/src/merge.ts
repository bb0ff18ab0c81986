import { z } from 'zod';
import { Evidence } from './evidence.ts';
import { Id, Sha } from './ids.ts';
import { CodeSchema } from './plan.ts';
import { topic } from './topic.ts';

const Of = z.strictObject({ taskId: Id, workflowId: Id, branch: z.string(), attempt: z.int(), token: z.int() });

/** What happens to one branch that Hive builds. Every move of a ref has its intent recorded before. */
export const merge = topic('merge', {
  /** About to move the branch from `from` (null: it does not exist yet) to `to` by compare-and-swap. `change` is the author's commit, which `to` is or was made from. */
  intended: Of.extend({ from: Sha.nullable(), to: Sha, change: Sha.optional(), evidence: Evidence }),
  /** The change was checked again on a base that had moved. */
  batch_checked: Of.extend({ evidence: Evidence }),
  completed: Of.extend({
    commit: Sha,
    evidence: Evidence,
    /** What became of `--into`: `moved`, or the sentence that says why not. Null when it was not asked for. */
    into: z.string().nullable(),
  }),
  rejected: Of.extend({ code: CodeSchema, reason: z.string(), culprit: Id }),
});
