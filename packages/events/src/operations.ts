import { z } from 'zod';
import { SubmitRequest } from './api.ts';
import { Id } from './ids.ts';
import { AgentPauses, SystemPauses } from './pause.ts';
import { MissedPolicy, Timing } from './schedule.ts';
import { Step } from './steps.ts';

/** Who says to ask; shown beside what they did, never proven. */
const by = z.string().min(1).max(200).optional();

/** What `POST /workflows/{id}/pause` takes. */
export const PauseRequest = z.strictObject({ reason: z.string().min(1).max(1000).optional(), by });
export type PauseRequest = z.infer<typeof PauseRequest>;

/** What resuming a workflow takes. */
export const ResumeRequest = z.strictObject({ by });
export type ResumeRequest = z.infer<typeof ResumeRequest>;

/** What `POST /system/pause` takes: without `kind` nothing at all is begun. */
export const SystemPauseRequest = PauseRequest.extend({ kind: Step.optional() });
export type SystemPauseRequest = z.infer<typeof SystemPauseRequest>;

/** What `POST /system/resume` takes: without `kind` every pause of the system is lifted. */
export const SystemResumeRequest = ResumeRequest.extend({ kind: Step.optional() });
export type SystemResumeRequest = z.infer<typeof SystemResumeRequest>;

/** What `POST /agents/{name}/pause` takes: with `drain` what the agent holds gets a moment and is then handed back for others. */
export const AgentPauseRequest = PauseRequest.extend({ drain: z.boolean().optional() });
export type AgentPauseRequest = z.infer<typeof AgentPauseRequest>;

/** What `POST /system/alerts/acknowledge` takes: the name of an alert that stands. */
export const AcknowledgeRequest = PauseRequest.extend({ alert: z.string().min(1).max(300) });
export type AcknowledgeRequest = z.infer<typeof AcknowledgeRequest>;

/** What of the system is paused, and which agents. */
export const SystemState = z.object({ paused: SystemPauses, agents: AgentPauses });
export type SystemState = z.infer<typeof SystemState>;

/**
 * Something that was given up and is kept: an event that a subscription could not handle (`event`), or a task without an attempt or rescue
 * left (`task`), until it is redriven or discarded. `id` is that of the event or the task.
 */
export const DeadLetter = z.object({
  id: Id,
  kind: z.enum(['event', 'task']),
  what: z.string().describe('the type of the event, or the title of the task'),
  subscription: z.string().nullable(),
  workflowId: Id.nullable(),
  status: z.enum(['given up', 'failed']),
  code: z.string().nullable(),
  error: z.string(),
  attempts: z.int(),
  at: z.string(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** A dead letter with what happened to it. */
export const DeadLetterDetail = DeadLetter.extend({
  history: z.array(z.object({ at: z.string(), type: z.string(), text: z.string() })),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

/** Which dead letters: all conditions must hold. */
export const DeadLetterFilter = z.strictObject({
  kind: z.enum(['event', 'task']).optional(),
  subscription: z.string().max(200).optional(),
  workflow: z.string().max(100).optional(),
  code: z.string().max(100).optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** What redriving and discarding take: one (`id`), or those that fit a filter, at most `limit` of them. `dryRun` only says which. */
export const DeadLetterRequest = DeadLetterFilter.extend({
  id: z.string().min(1).max(100).optional(),
  all: z.literal(true).optional().describe('has to be said where neither an id nor a condition is given'),
  limit: z.int().min(1).max(1000).optional(),
  dryRun: z.boolean().optional(),
  note: z.string().max(4000).optional().describe('what the author of a task should know this time'),
  by,
});
export type DeadLetterRequest = z.infer<typeof DeadLetterRequest>;

/** What became of a request about dead letters. `left`: more fit than the limit allows. */
export const DeadLetterOutcome = z.object({
  items: z.array(DeadLetter),
  skipped: z.array(z.object({ id: Id, reason: z.string() })),
  left: z.boolean(),
  dryRun: z.boolean(),
});
export type DeadLetterOutcome = z.infer<typeof DeadLetterOutcome>;

/** What `POST /schedules` takes: a request, and `at` (a moment) or `cron` (five fields, in `zone`; default UTC). `missed`: default once. */
export const ScheduleRequest = z.strictObject({
  request: SubmitRequest,
  at: z.string().max(100).optional(),
  cron: z.string().max(200).optional(),
  zone: z.string().max(100).optional(),
  missed: MissedPolicy.optional(),
  by,
});
export type ScheduleRequest = z.infer<typeof ScheduleRequest>;

/** A schedule with what became of its last moment, and its next one. */
export const ScheduleSummary = z.object({
  id: Id,
  state: z.enum(['active', 'done', 'removed']),
  goal: z.string(),
  repo: z.string(),
  timing: Timing,
  missed: MissedPolicy,
  by: z.string(),
  createdAt: z.string(),
  fired: z.int(),
  last: z
    .object({
      tick: z.string(),
      at: z.string(),
      workflowId: Id.nullable(),
      code: z.string().nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  next: z.string().nullable(),
});
export type ScheduleSummary = z.infer<typeof ScheduleSummary>;

/** What `POST /remotes` takes: a folder in a repository that shall be pushed to. */
export const RemoteRequest = z.strictObject({ repo: z.string().min(1).max(4096) });
export type RemoteRequest = z.infer<typeof RemoteRequest>;

/** A repository that can be pushed to, the path that git is told below the address of Hive, and the branch that it is on (null: none). */
export const Remote = z.object({ name: z.string(), repo: z.string(), path: z.string(), branch: z.string().nullable() });
export type Remote = z.infer<typeof Remote>;
