export { approval } from './approval.ts';
export { Author, isModelAuthor } from './author.ts';
export { Argv, Check, CheckSource, Setup } from './command.ts';
export { Dedupe, DedupeMode } from './dedupe.ts';
export { Evidence, EvidenceCommand, Finding, Reviewer } from './evidence.ts';
export { ArtefactHash, Id, Sha, Time } from './ids.ts';
export { merge } from './merge.ts';
export { model } from './model.ts';
export { CodeSchema, Plan, PlanFile, PlanFileTask, PlannedTask, cycleIn, parsePlanFile } from './plan.ts';
export { Comparison, Replay, ReplayModels, ReplayRequest, type TaskSide } from './replay.ts';
export { shortId } from './short-id.ts';
export { Step } from './steps.ts';
export { agent, box, budget, system } from './system.ts';
export { Verdict, task } from './task.ts';
export { topic } from './topic.ts';
export { Submission, Usage, noUsage, workflow } from './workflow.ts';
export {
  catalogue,
  maxEventBytes,
  parseEventData,
  type DataOf,
  type EventOf,
  type EventType,
  type HiveEvent,
  type NewEvent,
} from './catalogue.ts';
export { isEventType } from './event-types.ts';
export { BoxModelSummary, BoxSummary, QuietRequest } from './boxes.ts';
export { figuresHoldMs, GpuFigures, MachineFigures } from './machine.ts';
export type { BoxView } from './box-view.ts';
export { isEnded, isOpenCall, type AnyCall, type CallView, type OpenCall } from './call-view.ts';
export { limitKey, type LimitView, type LimitsView } from './limit-view.ts';
export { foldStream, stateOf, type MergeView, type PlainView, type Views } from './heads.ts';
export {
  Result,
  TaskResult,
  TaskStatus,
  exitCodeOf,
  isSettled,
  resultOf,
  taskResult,
  taskStatus,
  usageOf,
} from './result.ts';
export { Report, reportOf, type Reported } from './report.ts';
export { parseStream, streams, type StreamKind } from './streams.ts';
export { PauseNote, SystemPauses, unpausedKinds, type SystemView } from './pause.ts';
export { MissedPolicy, Timing, schedule } from './schedule.ts';
export type { ScheduleView } from './schedule-view.ts';
export { foldTask, type Fact, type TaskView } from './task-view.ts';
export {
  claimEffect,
  dueStates,
  isOpen,
  isWorkflowOpen,
  nextPausedFrom,
  nextTaskState,
  nextWorkflowState,
  taskStates,
  taskTransitions,
  transitionRefused,
  workflowStates,
  type TaskChange,
  type TaskState,
  type WorkflowState,
} from './transitions.ts';
export { foldWorkflow, type WorkflowView } from './workflow-view.ts';
export { upcast, upcasters, type OldData, type UpcasterChain, type Upcasters } from './upcast.ts';
export {
  AgentSummary,
  Health,
  SubmitRequest,
  Submitted,
  TaskDetail,
  TraceSummary,
  Waits,
  Why,
  WorkflowSummary,
  type Desk,
  type EventFilter,
  type FollowOptions,
  type Page,
} from './api.ts';
export {
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
export { createDeskClient, type DeskClientOptions } from './client.ts';
export { sseFrames, type SseFrame } from './sse.ts';
