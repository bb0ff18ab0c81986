export {
  DeviceSummary,
  PairCode,
  PairCodeRequest,
  PairRequest,
  Paired,
  Permission,
  RenameRequest,
  Role,
  SessionSummary,
  TokenMade,
  TokenRequest,
  TokenSummary,
  type Entrance,
} from './access-api.ts';
export { ApprovalFilter, ApprovalSummary, DecideRequest } from './approval-api.ts';
export { confirmationOf, isNamed } from './confirmation.ts';
export { ApprovalDocument } from './approval-document.ts';
export { foldApproval, mayDecide, type ApprovalState, type ApprovalView } from './approval-view.ts';
export { ApprovalKind, ApprovalTier, approval } from './approval.ts';
export { Author, isModelAuthor } from './author.ts';
export { byteWords } from './byte-words.ts';
export { Choices, RepoChoice, RepoLook, TemplateChoice } from './choices.ts';
export { Argv, Check, CheckSource, Setup } from './command.ts';
export { Dedupe, DedupeMode } from './dedupe.ts';
export { errorTypes } from './error-types.ts';
export { eventWords, isError } from './event-words.ts';
export { proofWords, reviewerWords } from './evidence-words.ts';
export { Batch, Evidence, EvidenceCommand, Finding, Mutants, Reviewer, SandboxKind, Survivor } from './evidence.ts';
export { everyItem } from './every-item.ts';
export { HostGrant, Reached, hostName } from './egress.ts';
export { ArtefactHash, Id, Sha, Time } from './ids.ts';
export { merge } from './merge.ts';
export { model } from './model.ts';
export {
  NoticeDecision,
  NoticeKind,
  NoticeSettings,
  NoticeTried,
  SubscribeRequest,
  type Notifying,
} from './notice-api.ts';
export { WaysIn } from './ways-in.ts';
export { CodeSchema, Plan, PlanFile, PlanFileTask, PlannedTask, cycleIn, parsePlanFile } from './plan.ts';
export { assertRecordable, planGenerated, taskCreated } from './plan-events.ts';
export { Comparison, Replay, ReplayModels, ReplayRequest, type TaskSide } from './replay.ts';
export { shellWord } from './shell-word.ts';
export { shortId } from './short-id.ts';
export { SignedStatement } from './statement.ts';
export { isJudging, Step } from './steps.ts';
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
export { OpenNeed, TaskCard, TaskCounts } from './board.ts';
export { LimitWindow } from './limit-window.ts';
export { AgentFigures, EndpointFigures, Figures, FiguresWindow } from './figures.ts';
export { addNotes, figuresOf, figuresSpan, noteOf, type Noted } from './figures-of.ts';
export { matchesTypes } from './matches-types.ts';
export { BoxModelSummary, BoxSummary, QuietRequest, ToolsRequest } from './boxes.ts';
export { figuresHoldMs, GpuFigures, MachineFigures } from './machine.ts';
export type { BoxView, ToolsLearnt } from './box-view.ts';
export { isEnded, isOpenCall, type AnyCall, type CallView, type OpenCall } from './call-view.ts';
export { limitKey, type LimitView, type LimitsView } from './limit-view.ts';
export {
  foldStream,
  openIntents,
  stateOf,
  type AgentView,
  type MergeView,
  type PlainView,
  type Views,
} from './heads.ts';
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
  workflowStatus,
} from './result.ts';
export { Report, reportOf, type Reported } from './report.ts';
export { parseStream, streams, type StreamKind } from './streams.ts';
export { AgentPause, AgentPauses, PauseNote, SystemPauses, unpausedKinds, type SystemView } from './pause.ts';
export { approvalRules, isBranchLike, type ApprovalRules } from './policy/approval-policy.ts';
export { mergeRules, type MergeRules } from './policy/merge-policy.ts';
export { Policy, policyOver } from './policy/policy.ts';
export { proofRules, type ProofRules } from './policy/proof-policy.ts';
export {
  afterFindings,
  reviewRuleNames,
  reviewRules,
  type ReviewRule,
  type ReviewRules,
  type RuleAction,
} from './policy/review-policy.ts';
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
export { TraceColumns } from './trace-columns.ts';
export { TraceFilter } from './trace-filter.ts';
export { createColumns, traceColumns, type ColumnsMaker } from './columns-of-rows.ts';
export { stepsOfColumns, traceRow, type TraceRow } from './trace-row.ts';
export { upcast, upcasters, type OldData, type UpcasterChain, type Upcasters } from './upcast.ts';
export {
  AgentSummary,
  FoundByPatch,
  Health,
  SubmitRequest,
  Submitted,
  TaskDetail,
  DayBudget,
  TraceSummary,
  Trigger,
  Waits,
  Why,
  WorkflowSummary,
  type Desk,
  type EventFilter,
  type FollowOptions,
  type Keyed,
  type Page,
  Alert,
} from './api.ts';
export {
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
export { createDeskCalls, createDeskClient, type DeskClient, type DeskClientOptions } from './client.ts';
export { sseFrames, type SseFrame } from './sse.ts';
