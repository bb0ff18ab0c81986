import { z } from 'zod';
import type { ApprovalFilter, ApprovalSummary, DecideRequest } from './approval-api.ts';
import { Argv } from './command.ts';
import type { BoxSummary, QuietRequest, ToolsRequest } from './boxes.ts';
import { Dedupe } from './dedupe.ts';
import { Evidence } from './evidence.ts';
import type { TaskCard, TaskCounts } from './board.ts';
import type { HiveEvent } from './catalogue.ts';
import type { Choices, RepoLook } from './choices.ts';
import type { Figures, FiguresWindow } from './figures.ts';
import type { LimitWindow } from './limit-window.ts';
import { ArtefactHash, Id, Sha, Time } from './ids.ts';
import type { Report } from './report.ts';
import { Step } from './steps.ts';
import { Usage } from './workflow.ts';
import type { TaskState } from './transitions.ts';
import type { Result } from './result.ts';
import type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterOutcome,
  DeadLetterRequest,
  AcknowledgeRequest,
  AgentPauseRequest,
  PauseRequest,
  Remote,
  RemoteRequest,
  ResumeRequest,
  ScheduleRequest,
  ScheduleSummary,
  SystemPauseRequest,
  SystemResumeRequest,
  SystemState,
} from './operations.ts';
import { AgentPause, AgentPauses, PauseNote, SystemPauses } from './pause.ts';
import { PlannedTask, Priority } from './plan.ts';
import type { Comparison, ReplayRequest } from './replay.ts';
import { TaskResult } from './result.ts';
import type { SignedStatement } from './statement.ts';
import type { TraceColumns } from './trace-columns.ts';
import type { TraceFilter } from './trace-filter.ts';

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
  priority: Priority.optional().describe('of its plan and of tasks that name none of their own; higher begins first'),
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

/** What handed a workflow in: a command, the HTTP API (which the control room and pushes use too), a schedule, or somebody who replays another one. */
export const Trigger = z.enum(['command', 'api', 'schedule', 'replay']);
export type Trigger = z.infer<typeof Trigger>;

/** A row of the list of traces. */
export const TraceSummary = z.object({
  correlationId: Id,
  goal: z.string().nullable().describe('null for the trace of a process'),
  status: z.string().nullable(),
  firstAt: z.string(),
  lastAt: z.string(),
  events: z.int(),
  errors: z.int(),
  repo: z.string().optional().describe('of its workflow'),
  costUsd: z
    .number()
    .nullable()
    .optional()
    .describe('only where the filter asked for what tasks and calls say; null: not known'),
  trigger: Trigger.optional().describe('what handed its workflow in'),
  agents: z.array(z.string()).optional().describe('who took its steps; of its workflow'),
  usage: Usage.optional().describe('what its calls to models took until now; of its workflow'),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

const Amount = z.object({ tokens: z.int().describe('read and written'), usd: z.number() });

/** What calls to models took on one day by the clock of Hive's machine, and the limit of that day (`hive.budgets.day`). */
export const DayBudget = z.object({
  day: z.string().describe('such as 2030-01-31'),
  since: z.string().describe('when it began'),
  resetsAt: z.string().describe('when the next one begins'),
  spent: Amount.describe('what calls took that have ended; where that was not reported, what was reserved for them'),
  open: Amount.describe('what is reserved for calls that go on'),
  limit: Amount.partial().nullable().describe('null: none'),
  usedShare: z.number().nullable().describe('of the limit, from 0 on; of two limits the one that is used more'),
});
export type DayBudget = z.infer<typeof DayBudget>;

/** A process of the building. `beatAgeMs` is the age of its last beat by the database's clock. */
export const AgentSummary = z.object({
  incarnation: Id,
  agent: z.string(),
  role: z.string(),
  host: z.string(),
  pid: z.int(),
  capabilities: z.array(z.string()),
  status: z
    .enum(['idle', 'busy', 'draining', 'paused', 'gone'])
    .describe(
      'draining: it ends, or is paused, and still holds something; paused: it takes nothing until it is resumed',
    ),
  paused: AgentPause.optional(),
  steps: z.array(Step).optional().describe('the kinds of steps that it takes; absent: registered by an older Hive'),
  load: z.int(),
  step: z
    .object({
      kind: z.string(),
      taskId: z.string().nullable(),
      title: z.string().nullable(),
      correlationId: Id.optional().describe('of its workflow'),
      since: z.string().optional().describe('when it was claimed'),
    })
    .nullable(),
  startedAt: z.string(),
  beatAgeMs: z.int(),
  version: z.string(),
});
export type AgentSummary = z.infer<typeof AgentSummary>;

/** An alert that stands, and who has seen it. */
export const Alert = z.object({ alert: z.string(), message: z.string(), acknowledged: PauseNote.optional() });
export type Alert = z.infer<typeof Alert>;

/** What `GET /system/health` answers. */
export const Health = z.object({
  version: z.string(),
  database: z.object({
    name: z.string(),
    version: z.string(),
    bytes: z.int(),
    walBytes: z.int().optional().describe('how much of it is the log beside the file'),
  }),
  head: z.int(),
  steps: z.record(z.string(), z.int()),
  subscriptions: z.array(z.object({ name: z.string(), position: z.int() })),
  deadLetters: z.int().describe('how many are on the list of dead letters, events and tasks'),
  paused: SystemPauses,
  pausedAgents: AgentPauses.optional().describe('by name'),
  agents: z.int(),
  sandbox: z.string(),
  oldestReady: z
    .object({ kind: z.string(), taskId: Id.nullable(), correlationId: Id, since: z.string() })
    .nullable()
    .optional()
    .describe('the step that could be taken and has waited longest'),
  alerts: z.array(Alert).optional().describe('what is wrong now'),
  sealed: z
    .object({ at: z.string(), position: z.int(), eventId: Id })
    .nullable()
    .optional()
    .describe('the last checkpoint of the audit'),
  verified: z
    .object({ at: z.string(), holds: z.boolean(), broken: z.array(z.string()) })
    .nullable()
    .optional()
    .describe('what the last `hive verify` on this machine found; null: there was none'),
  streams: z.int().optional().describe('clients that follow the log through the process that answers'),
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

/** How a commit was found that Hive did not make: it has the change of one task, or that of several tasks of a branch together. */
export const FoundByPatch = z
  .object({ tasks: z.array(Id).min(1), commit: Sha })
  .describe(
    'only where it was found by its patch: the tasks in the order of their merges, and the last merged commit of them',
  );
export type FoundByPatch = z.infer<typeof FoundByPatch>;

/** The evidence or the refusal behind a commit or task. */
export const Why = z.object({
  task: TaskDetail,
  workflow: z.object({ id: Id, goal: z.string(), repo: z.string(), branch: z.string() }),
  evidence: Evidence.nullable(),
  found: FoundByPatch.optional(),
});
export type Why = z.infer<typeof Why>;

/** One page of a list: `next` is the `after` of the following one. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

/** Which events to read or follow. `after` is a position. */
export type EventFilter = {
  readonly after?: number;
  readonly types?: readonly string[];
  readonly correlationId?: string;
  /** The events of one stream: `task/<id>`, `box/<name>`, `system`. */
  readonly stream?: string;
  readonly limit?: number;
};

/** `onPassed` hears how far the log was looked at, also where the filter found nothing: a place to resume from. */
export type FollowOptions = { readonly onPassed?: (position: number) => void };

/** The Idempotency-Key of a command. */
export type Keyed = { readonly key?: string };

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
  /**
   * Runs the bundled example: stored patches through the real checks, without any model, in a repository that is made below HIVE_HOME. A repeated
   * `key` answers the workflow that was made before.
   */
  runExample(options?: { readonly key?: string }): Promise<Submitted>;
  /** What a new workflow can be made of: repositories that are known, templates and models of hive.yaml. */
  choices(): Promise<Choices>;
  /** Looks at a repository without running anything: its base, its branches, and the checks and the setup that would be run. */
  lookAtRepo(query: { readonly repo: string; readonly base?: string }): Promise<RepoLook>;
  /** A repeated `key` answers as at the first time, whatever has happened since; likewise for all verbs below that take one. */
  cancel(workflowId: string, options?: Keyed): Promise<Result>;
  /**
   * Runs a settled workflow again, with the calls to models answered from its recording, into a branch of its own. A repeated `key` answers the
   * workflow that was made before.
   */
  replay(workflowId: string, request?: ReplayRequest, options?: { readonly key?: string }): Promise<Submitted>;
  /** A replayed or forked workflow beside the one that it was made from. */
  comparison(workflowId: string): Promise<Comparison>;
  /** No step of the workflow is begun until it is resumed; what runs may end. */
  pause(workflowId: string, request?: PauseRequest, options?: Keyed): Promise<Result>;
  resume(workflowId: string, request?: ResumeRequest, options?: Keyed): Promise<Result>;
  /** The stop button: within two seconds no step is begun anywhere, of one kind or of any. */
  pauseSystem(request?: SystemPauseRequest): Promise<SystemState>;
  resumeSystem(request?: SystemResumeRequest): Promise<SystemState>;
  /** An agent begins no step until it is resumed, whichever process has its name; what it holds may end, or with `drain` goes to others after a moment. */
  pauseAgent(name: string, request?: AgentPauseRequest): Promise<SystemState>;
  /** A person has seen an alert that stands. Throws `input.state` where it does not stand, or somebody has said so before. */
  acknowledge(request: AcknowledgeRequest): Promise<Alert>;
  resumeAgent(name: string, request?: ResumeRequest): Promise<SystemState>;
  tasks(query?: {
    readonly workflow?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<Page<TaskDetail>>;
  task(id: string): Promise<TaskDetail>;
  /** Tasks in these states (default: any) as cards of a board, newest first. */
  taskCards(query?: {
    readonly states?: readonly TaskState[];
    readonly workflow?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<Page<TaskCard>>;
  /** How many tasks are in which state, of all workflows or of one. */
  taskCounts(query?: { readonly workflow?: string }): Promise<TaskCounts>;
  /** What waits for a person, newest first; with `all` also what was decided. */
  approvals(
    query?: ApprovalFilter & { readonly after?: string; readonly limit?: number },
  ): Promise<Page<ApprovalSummary>>;
  /** By its id, or that of a task or workflow with exactly one open request. */
  approval(id: string): Promise<ApprovalSummary>;
  /**
   * Throws `approval.changed` for something else than what was shown or what has moved on since, `approval.expired` when it is too late, and
   * `approval.decided` (details: `state`, `decidedBy`, `decidedOn`, `decidedAt`) when the other answer was given. The same answer again changes
   * nothing; a repeated `key` is answered as at the first time, whatever has happened since. `device` is the id of the paired browser where the person sits.
   */
  decide(
    id: string,
    request: DecideRequest,
    options?: { readonly key?: string; readonly device?: string },
  ): Promise<ApprovalSummary>;
  retry(taskId: string, options?: { readonly note?: string } & Keyed): Promise<TaskDetail>;
  cancelTask(taskId: string): Promise<TaskDetail>;
  /** What was given up and is kept: events first, then tasks, newest first. */
  deadLetters(
    query?: DeadLetterFilter & { readonly after?: string; readonly limit?: number },
  ): Promise<Page<DeadLetter>>;
  deadLetter(id: string): Promise<DeadLetterDetail>;
  /** An event is handled once more by its subscription, a task begins anew. */
  redrive(request: DeadLetterRequest): Promise<DeadLetterOutcome>;
  /** Takes dead letters off the list: a task that was given up is cancelled, one that failed stays so. Either can be retried. */
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
  /** By task id, by the beginning of a merged commit (at least 7 characters), or by `patch:` and the stable id that git gives a change. */
  why(commitOrTask: string): Promise<Why>;
  /** The evidence of a merge as a signed in-toto statement; asked for as `why`. Throws `input.state` for what was not merged. */
  statement(commitOrTask: string): Promise<SignedStatement>;
  /**
   * Newest first. With a filter an answer looks at so many traces and no more, so that it takes the same time in a log of any size: it may have
   * fewer items than asked for, or none, and still a `next`.
   */
  traces(query?: TraceFilter & { readonly after?: string; readonly limit?: number }): Promise<Page<TraceSummary>>;
  /** All events of a trace in log order. */
  trace(correlationId: string): Promise<readonly HiveEvent[]>;
  /** A part of a trace for drawing it: at most 10,000 events after the one at `after`, without their payloads. */
  traceColumns(
    correlationId: string,
    query?: { readonly after?: number; readonly limit?: number },
  ): Promise<TraceColumns>;
  /** One event with its payload, by its whole id. */
  event(id: string): Promise<HiveEvent>;
  /**
   * In log order, or newest first, where `after` goes on with what is older. `until`: up to and with this position, in log order. `since` and
   * `before` are moments (ISO); the second is not included. Throws `cursor.unknown` for an `after` or `until` that no event has.
   */
  events(
    filter?: EventFilter & {
      readonly newest?: boolean;
      readonly until?: number;
      readonly since?: string;
      readonly before?: string;
    },
  ): Promise<Page<HiveEvent>>;
  /** Replays what is after `after` (default: from now), then goes on live until `signal` is aborted. Nothing is lost, nothing comes twice. */
  follow(filter: EventFilter, signal: AbortSignal, options?: FollowOptions): AsyncIterable<HiveEvent>;
  agents(): Promise<readonly AgentSummary[]>;
  /** The boxes of the pool as they are now; each is asked. */
  boxes(): Promise<readonly BoxSummary[]>;
  /** Takes a box away from Hive for its owner until then, or gives it back. What runs there may end. */
  quietBox(name: string, request?: QuietRequest): Promise<BoxSummary>;
  /** Records how a model on a box did with tools when it was tried; a worker's model is asked accordingly. */
  tellTools(name: string, request: ToolsRequest): Promise<BoxSummary>;
  /** Lets the repository that a folder of this machine is in be pushed to, by git over HTTP; may be repeated. */
  addRemote(request: RemoteRequest): Promise<Remote>;
  /** What was last told of the limits of providers, such as the windows of a plan. */
  limits(): Promise<readonly LimitWindow[]>;
  /** What calls to models took today, and what they may. */
  budget(): Promise<DayBudget>;
  /** What happened in the last hour (default) or day, folded from the log. */
  figures(query?: { readonly window?: FiguresWindow }): Promise<Figures>;
  artefact(hash: string): Promise<Uint8Array>;
  health(): Promise<Health>;
  /** What happened since a moment (ISO; default: the last twelve hours), and what waits for a person now. */
  report(query?: { readonly since?: string }): Promise<Report>;
};
