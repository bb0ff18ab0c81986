import type { HiveEvent } from './catalogue.ts';
import type { Evidence, Finding, Reviewer } from './evidence.ts';
import type { PlannedTask } from './plan.ts';
import { nextTaskState, transitionRefused, type TaskState } from './transitions.ts';

/** What is known of a task: the fold of its stream. */
export type TaskView = {
  readonly id: string;
  readonly workflowId: string;
  readonly spec: PlannedTask;
  readonly state: TaskState;
  readonly author: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly findings: readonly Finding[];
  /** Failures of the work itself since the last redrive. */
  readonly attempts: number;
  /** Leases lost since the last redrive. */
  readonly rescues: number;
  /** Times the author was asked again since the last redrive, and since a person sent it back. */
  readonly returns: number;
  /** What a person said to the author last. */
  readonly note: string | null;
  readonly base: string | null;
  /** The author's commit; after the merge, the merged one. */
  readonly commit: string | null;
  readonly patch: string | null;
  readonly evidence: Evidence | null;
  /** Who reviewed the present change. */
  readonly reviewers: readonly Reviewer[];
  /** What a person agreed to about the present change; its merge uses it up. */
  readonly approval?: { readonly id: string; readonly actionHash: string };
  /** Which agent did which step last, and how often each step was claimed. */
  readonly agents: Readonly<Record<string, string>>;
  readonly tries: Readonly<Record<string, number>>;
  /** The highest fencing token that was given out for this task. */
  readonly token: number;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly settledAt: string | null;
  /** It failed, and is no dead letter any more: a person has seen it. Holds until it is redriven. */
  readonly discarded?: true;
};

/** An event before or after it was recorded, as folds see it. */
export type Fact = Pick<HiveEvent, 'type' | 'stream' | 'data' | 'at'> & { readonly actor?: string };

/** The task after an event. Throws `transition.refused` for an event that the table of CONTRACTS does not allow there. */
export const foldTask = (view: TaskView | null, fact: Fact): TaskView => {
  const event = fact as HiveEvent;
  const state = nextTaskState(view?.state ?? null, event);
  if (state === null) throw transitionRefused(event.stream, view?.state ?? null, event.type);
  if (event.type === 'task.created')
    return {
      id: event.data.taskId,
      workflowId: event.data.workflowId,
      spec: event.data.spec,
      state,
      author: event.data.spec.author,
      code: null,
      reason: null,
      findings: [],
      attempts: 0,
      rescues: 0,
      returns: 0,
      note: null,
      base: null,
      commit: null,
      patch: null,
      evidence: null,
      reviewers: [],
      agents: {},
      tries: {},
      token: 0,
      createdAt: event.at,
      changedAt: event.at,
      settledAt: null,
    };
  if (view === null) throw transitionRefused(event.stream, null, event.type);
  const next = { ...view, state, changedAt: event.at };
  switch (event.type) {
    case 'task.claimed':
      return {
        ...next,
        agents: { ...view.agents, [event.data.step]: event.data.agent },
        tries: { ...view.tries, [event.data.step]: event.data.attempt },
        token: event.data.token,
      };
    case 'task.lease_expired':
      return { ...next, rescues: view.rescues + 1 };
    case 'task.attempt_failed':
      return { ...next, attempts: view.attempts + 1, code: event.data.code, reason: event.data.reason };
    case 'task.submitted':
      return {
        ...withoutApproval(next),
        author: event.data.author,
        base: event.data.base,
        commit: event.data.commit,
        patch: event.data.patch,
        evidence: null,
        reviewers: [],
        code: null,
        reason: null,
      };
    case 'task.checked':
      return {
        ...next,
        evidence: event.data.evidence,
        findings: event.data.verdict.findings,
        code: event.data.verdict.code,
        reason: event.data.verdict.reason,
      };
    case 'task.review_completed': {
      const { findings, reviewer, approval } = event.data;
      // What was escalated gets on by a person's word only.
      if (view.state === 'waiting' && (reviewer.kind !== 'human' || !approval))
        throw transitionRefused(event.stream, view.state, event.type);
      // What the reviewers before have noted about the same change stays beside it.
      const noted = view.reviewers.length > 0 ? view.findings : [];
      return {
        ...next,
        findings: [...noted, ...findings],
        reviewers: [...view.reviewers, reviewer],
        ...(approval && { approval }),
      };
    }
    case 'task.returned':
      // A task that waits, and one that comes with a note, was sent back by a person: its author begins anew. What they said holds until they say more.
      return {
        ...next,
        returns: view.state === 'waiting' || event.data.note !== undefined ? 0 : view.returns + 1,
        findings: event.data.findings,
        note: event.data.note ?? view.note,
      };
    case 'task.escalated':
      return { ...next, reason: event.data.reason };
    case 'task.merged':
      return {
        ...next,
        commit: event.data.commit,
        evidence: event.data.evidence,
        code: null,
        reason: null,
        settledAt: event.at,
      };
    case 'task.completed':
      return { ...next, evidence: event.data.evidence, code: null, reason: null, settledAt: event.at };
    case 'task.refused':
    case 'task.failed':
    case 'task.dead_lettered':
      return {
        ...next,
        code: event.data.code,
        reason: event.data.reason,
        findings: event.data.findings ?? view.findings,
        settledAt: event.at,
      };
    case 'task.blocked':
      return { ...next, code: event.data.code, reason: event.data.reason, settledAt: event.at };
    case 'task.cancelled':
      return { ...next, code: null, reason: event.data.reason ?? null, settledAt: event.at };
    case 'task.discarded':
      if (view.discarded) throw transitionRefused(event.stream, view.state, event.type);
      return { ...next, discarded: true };
    case 'task.redriven': {
      const { discarded: _, ...kept } = withoutApproval(next);
      return {
        ...kept,
        attempts: 0,
        rescues: 0,
        returns: 0,
        note: event.data.note ?? view.note,
        code: null,
        reason: null,
        evidence: null,
        reviewers: [],
        commit: null,
        patch: null,
        settledAt: null,
      };
    }
    default:
      return next;
  }
};

/** What was agreed to was about the change before. */
const withoutApproval = ({ approval: _, ...view }: TaskView): TaskView => view;
