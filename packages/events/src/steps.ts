import { z } from 'zod';

/** The kinds of work that the queue holds. `plan` belongs to a workflow, all others to a task. */
export const Step = z.enum(['plan', 'work', 'check', 'review', 'merge']);
export type Step = z.infer<typeof Step>;

/** The steps that decide about a change: whoever authored it takes none of them. */
export const isJudging = (step: Step): boolean => step === 'review' || step === 'merge';
