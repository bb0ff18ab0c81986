import { z } from 'zod';
import { Argv } from './command.ts';
import type { BoxSummary, QuietRequest } from './boxes.ts';
import { Dedupe } from './dedupe.ts';
import { Evidence } from './evidence.ts';
import type { HiveEvent } from './catalogue.ts';
import { ArtefactHash, Id, Time } from './ids.ts';
import type { Report } from './report.ts';
import type { Result } from './result.ts';
import type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterOutcome,
  DeadLetterRequest,
  PauseRequest,
  ResumeRequest,
  ScheduleRequest,
  ScheduleSummary,
  SystemPauseRequest,
  SystemResumeRequest,
  SystemState,
} from './operations.ts';
import { PauseNote, SystemPauses } from './pause.ts';
import { PlannedTask } from './plan.ts';
import type { Comparison, ReplayRequest } from './replay.ts';
import { TaskResult } from './result.ts';

const Command = z.union([z.string().min(1).max(4096), Argv]);

/** What `POST /workflows` takes. `plan` and `patch` are contents, not paths; `passEnv` carries names only. */
export const SubmitRequest = z.strictObject({
  goal: z.string().min(1).max(4000),
  repo: z.string().min(1).max(4096),
  base: z.string().min(1).max(300).optional(),
  checks: z.array(Command).max(50).optional(),
  setup: Command.optional(),
  plan: z.unknown().optional().describe('the parsed plan file with its patch files inlined'),
  patch: z.string().max(50_000_000).optional(),
  commit: z.string().max(300).optional().describe('a commit or a local branch name whose change is handed in'),
  into: z.string().min(1).max(300).optional(),
  budget: z.strictObject({ usd: z.number().positive().optional(), tokens: z.int().positive().optional() }).optional(),
  until: Time.optional().describe('from then on no call to a model begins, and the workflow waits to be resumed'),
  reserve: z.number().min(0).max(1).optional().describe("the share of a provider's window that is left to people"),
  redBefore: z.literal('not_needed').optional(),
  model: z.string().max(200).optional(),
  localOnly: z.boolean().optional(),
  passEnv: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
    .max(50)
    .optional(),
  dedupe: Dedupe.optional().describe('unique in its repository while another one with this key is open'),
});
export type SubmitRequest = z.infer<typeof SubmitRequest>;

/** What handing in answers. `duplicateOf` is the id as well: a workflow with the same dedupe key is kept, and nothing was recorded. */
export const Submitted = z.object({
  id: Id,
  correlationId: Id,
  duplicateOf: Id.optional().describe('nothing was recorded: this one has the same dedupe key, and is kept'),
  replaced: z
    .array(Id)
    .optional()
    .describe('open ones with the same dedupe key that were cancelled in the same commit'),
});
export type Submitted = z.infer<typeof Submitted>;

/** Why nothing is done about a task at this moment. */
export const Waits = z
  .object({
    because: z.enum(['needs', 'paused', 'later', 'limit', 'nobody', 'queued', 'person', 'orchestrator']),
    text: z.string(),
  })
  .describe('why it is not running; only where one open task is asked for and nobody works on it');
export type Waits = z.infer<typeof Waits>;

/** A task with what it was asked, its queue and where its patch lies. */
export const TaskDetail = TaskResult.extend({
  workflowId: Id,
  spec: PlannedTask,
  rescues: z.int(),
  note: z.string().nullable(),
  patch: ArtefactHash.nullable(),
  agents: z.record(z.string(), z.string()),
  createdAt: z.string(),
  settledAt: z.string().nullable(),
  waits: Waits.optional(),
});
export type TaskDetail = z.infer<typeof TaskDetail>;

/** A row of the list of workflows. `counts` says how many tasks have which status. */
export const WorkflowSummary = z.object({
  id: Id,
  goal: z.string(),
  repo: z.string(),
  status: z.string(),
  tasks: z.int(),
  merged: z.int(),
  counts: z.record(z.string(), z.int()),
  example: z.boolean(),
  submittedAt: z.string(),
  settledAt: z.string().nullable(),
  paused: PauseNote.optional(),
});
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;

/** A row of the list of traces. */
export const TraceSummary = z.object({
  correlationId: Id,
  goal: z.string().nullable().describe('null for the trace of a process'),
  status: z.string().nullable(),
  firstAt: z.string(),
  lastAt: z.string(),
  events: z.int(),
  errors: z.int(),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

/** A process of the building. `beatAgeMs` is the age of its last beat by the database's clock. */
export const AgentSummary = z.object({
  incarnation: Id,
  agent: z.string(),
  role: z.string(),
  host: z.string(),
  pid: z.int(),
  capabilities: z.array(z.string()),
  status: z.enum(['idle', 'busy', 'draining', 'gone']),
  load: z.int(),
  step: z.object({ kind: z.string(), taskId: z.string().nullable(), title: z.string().nullable() }).nullable(),
  startedAt: z.string(),
  beatAgeMs: z.int(),
  version: z.string(),
});
export type AgentSummary = z.infer<typeof AgentSummary>;

/** What `GET /system/health` answers. */
export const Health = z.object({
  version: z.string(),
  database: z.object({ name: z.string(), version: z.string(), bytes: z.int() }),
  head: z.int(),
  steps: z.record(z.string(), z.int()),
  subscriptions: z.array(z.object({ name: z.string(), position: z.int() })),
  deadLetters: z.int(),
  paused: SystemPauses,
  agents: z.int(),
  sandbox: z.string(),
  limits: z
    .array(z.object({ of: z.string(), kind: z.string(), until: z.string(), waiting: z.int() }))
    .optional()
    .describe('limits of providers that are met now, and how many steps wait for them'),
  disk: z
    .object({ freeBytes: z.int(), totalBytes: z.int(), floorBytes: z.int(), lack: z.string().nullable() })
    .nullable()
    .describe('the file system of HIVE_HOME; `lack` says why nothing new starts, null: not looked at by this process'),
  horizon: z
    .object({ hidden: z.int(), lagMs: z.int(), blocker: z.string().nullable() })
    .nullable()
    .describe('how far readers of the log are held back, and by whom; null where they cannot be'),
});
export type Health = z.infer<typeof Health>;

/** The evidence or the refusal behind a commit or task. */
export const Why = z.object({
  task: TaskDetail,
  workflow: z.object({ id: Id, goal: z.string(), repo: z.string(), branch: z.string() }),
  evidence: Evidence.nullable(),
});
export type Why = z.infer<typeof Why>;

/** One page of a list: `next` is the `after` of the following one. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

/** Which events to read or follow. `after` is a position. */
export type EventFilter = {
  readonly after?: number;
  readonly types?: readonly string[];
  readonly correlationId?: string;
  readonly limit?: number;
};

/** `onPassed` hears how far the log was looked at, also where the filter found nothing: a place to resume from. */
export type FollowOptions = { readonly onPassed?: (position: number) => void };

/**
 * The front desk: everything that people and programs can ask of Hive. Implemented in process (`@hive/front-desk`) and over HTTP
 * (`createDeskClient`). Ids may be whole or any unique ending. Failures are HiveErrors with the codes of CONTRACTS section 4.
 */
export type Desk = {
  /**
   * Accepts a goal or refuses it at the door with nothing recorded. A repeated `key` answers the workflow that was made before; a `dedupe` key
   * that is taken, the one that has it.
   */
  submit(request: SubmitRequest, options?: { readonly key?: string }): Promise<Submitted>;
  workflows(query?: { readonly after?: string; readonly limit?: number }): Promise<Page<WorkflowSummary>>;
  /** `last` is the newest workflow. */
  workflow(id: string): Promise<Result>;
  cancel(workflowId: string): Promise<Result>;
  /**
   * Runs a settled workflow again, with the calls to models answered from its recording, into a branch of its own. A repeated `key` answers the
   * workflow that was made before.
   */
  replay(workflowId: string, request?: ReplayRequest, options?: { readonly key?: string }): Promise<Submitted>;
  /** A replayed or forked workflow beside the one that it was made from. */
  comparison(workflowId: string): Promise<Comparison>;
  /** No step of the workflow is begun until it is resumed; what runs may end. */
  pause(workflowId: string, request?: PauseRequest): Promise<Result>;
  resume(workflowId: string, request?: ResumeRequest): Promise<Result>;
  /** The stop button: within two seconds no step is begun anywhere, of one kind or of any. */
  pauseSystem(request?: SystemPauseRequest): Promise<SystemState>;
  resumeSystem(request?: SystemResumeRequest): Promise<SystemState>;
  tasks(query?: {
    readonly workflow?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<Page<TaskDetail>>;
  task(id: string): Promise<TaskDetail>;
  retry(taskId: string, options?: { readonly note?: string }): Promise<TaskDetail>;
  cancelTask(taskId: string): Promise<TaskDetail>;
  /** What was given up and is kept: events first, then tasks, newest first. */
  deadLetters(
    query?: DeadLetterFilter & { readonly after?: string; readonly limit?: number },
  ): Promise<Page<DeadLetter>>;
  deadLetter(id: string): Promise<DeadLetterDetail>;
  /** An event is handled once more by its subscription, a task begins anew. */
  redrive(request: DeadLetterRequest): Promise<DeadLetterOutcome>;
  /** Takes dead letters off the list for good: a task that was given up is cancelled. */
  discard(request: DeadLetterRequest): Promise<DeadLetterOutcome>;
  /** Hands work in later, or again and again. What is wrong with it is told now. A repeated `key` answers the schedule that was made before. */
  schedule(request: ScheduleRequest, options?: { readonly key?: string }): Promise<ScheduleSummary>;
  /** Active schedules, newest first; with `all` also those that are over. */
  schedules(query?: {
    readonly all?: boolean;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<Page<ScheduleSummary>>;
  scheduled(id: string): Promise<ScheduleSummary>;
  unschedule(id: string, request?: ResumeRequest): Promise<ScheduleSummary>;
  /** By task id or by the beginning of a merged commit (at least 7 characters). */
  why(commitOrTask: string): Promise<Why>;
  traces(query?: { readonly after?: string; readonly limit?: number }): Promise<Page<TraceSummary>>;
  /** All events of a trace in log order. */
  trace(correlationId: string): Promise<readonly HiveEvent[]>;
  events(filter?: EventFilter & { readonly newest?: boolean }): Promise<Page<HiveEvent>>;
  /** Replays what is after `after` (default: from now), then goes on live until `signal` is aborted. Nothing is lost, nothing comes twice. */
  follow(filter: EventFilter, signal: AbortSignal, options?: FollowOptions): AsyncIterable<HiveEvent>;
  agents(): Promise<readonly AgentSummary[]>;
  /** The boxes of the pool as they are now; each is asked. */
  boxes(): Promise<readonly BoxSummary[]>;
  /** Takes a box away from Hive for its owner until then, or gives it back. What runs there may end. */
  quietBox(name: string, request?: QuietRequest): Promise<BoxSummary>;
  artefact(hash: string): Promise<Uint8Array>;
  health(): Promise<Health>;
  /** What happened since a moment (ISO; default: the last twelve hours), and what waits for a person now. */
  report(query?: { readonly since?: string }): Promise<Report>;
};
