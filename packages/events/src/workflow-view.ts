import type { HiveEvent } from './catalogue.ts';
import type { Fact } from './task-view.ts';
import { pauseNote } from './pause-note.ts';
import type { PauseNote } from './pause.ts';
import { nextPausedFrom, nextWorkflowState, transitionRefused, type WorkflowState } from './transitions.ts';
import type { Submission } from './workflow.ts';

/** What is known of a workflow from its own stream; its tasks have streams of their own. */
export type WorkflowView = {
  readonly id: string;
  readonly submission: Submission;
  readonly state: WorkflowState;
  readonly pausedFrom: WorkflowState | null;
  /** Who paused it and why; only while it is paused. */
  readonly paused?: PauseNote;
  readonly code: string | null;
  readonly reason: string | null;
  readonly plan: string | null;
  readonly tasks: readonly { readonly id: string; readonly key: string; readonly needs: readonly string[] }[];
  /** How often the step `plan` was claimed, and the highest fencing token that was given out for it. */
  readonly tries: Readonly<Record<string, number>>;
  readonly token: number;
  readonly submittedAt: string;
  readonly settledAt: string | null;
};

/** The workflow after an event of its stream. Throws `transition.refused` for one that does not fit. */
export const foldWorkflow = (view: WorkflowView | null, fact: Fact): WorkflowView => {
  const event = fact as HiveEvent;
  if (event.type === 'workflow.submitted' && view === null)
    return {
      id: event.data.workflowId,
      submission: event.data,
      state: 'submitted',
      pausedFrom: null,
      code: null,
      reason: null,
      plan: null,
      tasks: [],
      tries: {},
      token: 0,
      submittedAt: event.at,
      settledAt: null,
    };
  if (view === null) throw transitionRefused(event.stream, null, event.type);
  if (event.type === 'task.claimed')
    return { ...view, tries: { ...view.tries, [event.data.step]: event.data.attempt }, token: event.data.token };
  // Events of the step `plan` and of the budget are told in this stream and change no state.
  if (!event.type.startsWith('workflow.')) return view;
  const under = view.state === 'paused' ? nextPausedFrom(view.pausedFrom, event.type) : null;
  const state = under === null ? nextWorkflowState(view.state, event.type, view.pausedFrom) : view.state;
  if (state === null) throw transitionRefused(event.stream, view.state, event.type);
  const { paused, ...before } = view;
  const next = {
    ...before,
    state,
    ...(state === 'paused' && paused && { paused }),
    ...(under !== null && { pausedFrom: under }),
  };
  switch (event.type) {
    case 'workflow.plan_generated':
      return { ...next, plan: event.data.plan, tasks: event.data.tasks };
    case 'workflow.plan_failed':
      return { ...next, code: event.data.code, reason: event.data.reason };
    case 'workflow.paused':
      return { ...next, pausedFrom: view.state, paused: pauseNote(fact, event.data) };
    case 'workflow.resumed':
      // What a planner told meanwhile is kept; only what was over begins anew.
      return {
        ...next,
        pausedFrom: null,
        ...(view.state !== 'paused' && { settledAt: null, code: null, reason: null }),
      };
    case 'workflow.failed':
      return { ...next, code: event.data.code, reason: event.data.reason, settledAt: event.at };
    case 'workflow.completed':
      return { ...next, settledAt: event.at };
    case 'workflow.cancelled':
      return { ...next, reason: event.data.reason ?? null, settledAt: event.at };
    default:
      return next;
  }
};
