import { z } from 'zod';
import { ArtefactHash, Id, Time } from './ids.ts';
import { CodeSchema } from './plan.ts';
import { topic } from './topic.ts';

/** What happens to the moments that passed while nobody was there to fire: none, one, or all of them up to `most`, the latest. */
export const MissedPolicy = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('skip') }),
  z.strictObject({ policy: z.literal('once') }),
  z.strictObject({ policy: z.literal('all'), most: z.int().min(1).max(100) }),
]);
export type MissedPolicy = z.infer<typeof MissedPolicy>;

/** When a schedule fires: at one moment, or at every moment that five cron fields name in a time zone (IANA name). */
export const Timing = z.union([
  z.strictObject({ at: Time }),
  z.strictObject({ cron: z.string().min(1).max(200), zone: z.string().min(1).max(100) }),
]);
export type Timing = z.infer<typeof Timing>;

const Of = z.strictObject({ scheduleId: Id });
const By = z.string().max(200).optional();

/** What happens to work that is handed in later, or again and again. */
export const schedule = topic('schedule', {
  /** The whole request is the artefact `request`; `goal` and `repo` are for lists. */
  created: Of.extend({
    request: ArtefactHash,
    goal: z.string(),
    repo: z.string(),
    timing: Timing,
    missed: MissedPolicy,
    by: By,
  }),
  /** The moment `tick` was answered: by a workflow, or by a refusal at the door. */
  fired: Of.extend({
    tick: Time,
    workflowId: Id.nullable(),
    code: CodeSchema.nullable(),
    reason: z.string().nullable(),
    /** Nothing will come after it. */
    last: z.boolean(),
  }),
  removed: Of.extend({ by: By }),
});
