import { foldApproval, type ApprovalView } from './approval-view.ts';
import { foldBox, type BoxView } from './box-view.ts';
import { foldCall, stateOfCall, type AnyCall, type CallView } from './call-view.ts';
import type { DataOf, HiveEvent } from './catalogue.ts';
import { isEventType } from './event-types.ts';
import { foldLimits, type LimitsView } from './limit-view.ts';
import { pauseNote } from './pause-note.ts';
import type { SystemView } from './pause.ts';
import type { Step } from './steps.ts';
import { foldSchedule, type ScheduleView } from './schedule-view.ts';
import { parseStream } from './streams.ts';
import { foldTask, type Fact, type TaskView } from './task-view.ts';
import { foldWorkflow, type WorkflowView } from './workflow-view.ts';

/** Where a branch that Hive builds stands, and the move that was begun and has no outcome yet. */
export type MergeView = {
  readonly branch: string;
  readonly tip: string | null;
  readonly intent: DataOf<'merge.intended'> | null;
  /** The intents after it that are part of the same move and have no outcome yet. */
  readonly others?: readonly DataOf<'merge.intended'>[];
  readonly into: string | null;
};

/** The last thing that streams without a fold of their own told: its type. */
export type PlainView = { readonly last: string };

/** A process of an agent: the last thing that it told, and the steps that it takes; absent where an older Hive registered it. */
export type AgentView = PlainView & { readonly steps?: readonly Step[] };

/** What is kept of a stream beside its events: the fold of the stream, by kind. */
export type Views = {
  workflow: WorkflowView;
  task: TaskView;
  merge: MergeView;
  approval: ApprovalView;
  call: CallView;
  limit: LimitsView;
  box: BoxView;
  agent: AgentView;
  schedule: ScheduleView;
  system: SystemView;
};

/** The intents of a branch that have no outcome yet, in the order of their commits. */
export const openIntents = (view: MergeView | undefined): readonly DataOf<'merge.intended'>[] =>
  view?.intent ? [view.intent, ...(view.others ?? [])] : [];

const foldMerge = (view: MergeView | null, fact: Fact): MergeView => {
  const event = fact as HiveEvent;
  const before: MergeView = view ?? { branch: '', tip: null, intent: null, into: null };
  switch (event.type) {
    case 'merge.intended': {
      const open = openIntents(before);
      const isNext = event.data.batch !== undefined && open.at(-1)?.to === event.data.from;
      return { ...withIntents(before, isNext ? [...open, event.data] : [event.data]), branch: event.data.branch };
    }
    case 'merge.completed': {
      // Of changes that went in together each tells its own commit, and in any order: the branch stands where all of them lead.
      const move = openIntents(before).find((it) => it.taskId === event.data.taskId)?.batch;
      return { ...told(before, event.data), tip: move?.to ?? event.data.commit, into: event.data.into };
    }
    case 'merge.rejected':
      return told(before, event.data);
    default:
      return before;
  }
};

/** What became of one change is told: the intents of the others stay. */
const told = (view: MergeView, { taskId, branch }: { taskId: string; branch: string }): MergeView => ({
  ...withIntents(
    view,
    openIntents(view).filter((intent) => intent.batch !== undefined && intent.taskId !== taskId),
  ),
  branch,
});

const withIntents = (
  { branch, tip, into }: MergeView,
  [first, ...others]: readonly DataOf<'merge.intended'>[],
): MergeView => ({ branch, tip, intent: first ?? null, ...(others.length > 0 && { others }), into });

/** Nobody has seen an alert that is raised anew, or that is over. */
const withoutNote = (view: SystemView, alert: string): SystemView => {
  if (view.acknowledged?.[alert] === undefined) return view;
  const { [alert]: _, ...others } = view.acknowledged;
  return { ...view, acknowledged: others };
};

const foldAgent = (view: AgentView | null, fact: Fact): AgentView => {
  const event = fact as HiveEvent;
  const steps = event.type === 'agent.registered' ? event.data.steps : view?.steps;
  return { last: event.type, ...(steps && { steps }) };
};

const foldSystem = (view: SystemView | null, fact: Fact): SystemView => {
  const event = fact as HiveEvent;
  const before = { ...view, last: event.type };
  switch (event.type) {
    case 'system.paused':
      return { ...before, paused: { ...view?.paused, [event.data.kind ?? 'all']: pauseNote(fact, event.data) } };
    case 'system.resumed': {
      const { [event.data.kind ?? 'all']: _, ...others } = view?.paused ?? {};
      return { ...before, paused: event.data.kind === undefined ? {} : others };
    }
    case 'agent.paused': {
      const { agent, drain } = event.data;
      const note = { ...pauseNote(fact, event.data), ...(drain && { drain }) };
      return { ...before, agents: { ...view?.agents, [agent]: note } };
    }
    case 'agent.resumed': {
      const { [event.data.agent]: _, ...others } = view?.agents ?? {};
      return { ...before, agents: others };
    }
    case 'system.alert_raised':
      return {
        ...withoutNote(before, event.data.alert),
        alerts: { ...view?.alerts, [event.data.alert]: event.data.message },
      };
    case 'system.alert_acknowledged':
      return {
        ...before,
        acknowledged: { ...view?.acknowledged, [event.data.alert]: pauseNote(fact, event.data) },
      };
    case 'system.alert_resolved': {
      const { [event.data.alert]: _, ...others } = view?.alerts ?? {};
      return { ...withoutNote(before, event.data.alert), alerts: others };
    }
    default:
      return before;
  }
};

/**
 * The view of a stream after one more event. Pure; throws `transition.refused` where a table forbids the event. What a newer Hive tells is passed
 * over: it changes nothing that this one knows of.
 */
export const foldStream = (view: unknown, fact: Fact): unknown => {
  if (!isEventType(fact.type)) return view;
  const { kind } = parseStream(fact.stream);
  // A stream's stored view was made by the same fold, so its kind tells its type.
  switch (kind) {
    case 'workflow':
      return foldWorkflow(view as WorkflowView | null, fact);
    case 'task':
      return foldTask(view as TaskView | null, fact);
    case 'merge':
      return foldMerge(view as MergeView | null, fact);
    case 'call':
      return foldCall(view as AnyCall | null, fact);
    case 'limit':
      return foldLimits(view as LimitsView | null, fact);
    case 'schedule':
      return foldSchedule(view as ScheduleView | null, fact);
    case 'system':
      return foldSystem(view as SystemView | null, fact);
    case 'box':
      return foldBox(view as BoxView | null, fact);
    case 'approval':
      return foldApproval(view as ApprovalView | null, fact);
    case 'agent':
      return foldAgent(view as AgentView | null, fact);
  }
};

/** The word under which a stream is listed: the state of a task, workflow, approval, schedule or call, else empty. */
export const stateOf = (stream: string, view: unknown): string => {
  const { kind } = parseStream(stream);
  if (kind === 'call') return stateOfCall(view as AnyCall | null);
  return kind === 'task' || kind === 'workflow' || kind === 'schedule' || kind === 'approval'
    ? ((view as { state?: string } | null)?.state ?? '')
    : '';
};
