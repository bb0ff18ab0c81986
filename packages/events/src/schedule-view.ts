import type { HiveEvent } from './catalogue.ts';
import type { MissedPolicy, Timing } from './schedule.ts';
import type { Fact } from './task-view.ts';
import { transitionRefused } from './transitions.ts';

/** What is known of a schedule: the fold of its stream. `done`: it fired for the last time. */
export type ScheduleView = {
  readonly id: string;
  readonly state: 'active' | 'done' | 'removed';
  readonly request: string;
  readonly goal: string;
  readonly repo: string;
  readonly timing: Timing;
  readonly missed: MissedPolicy;
  readonly by: string;
  readonly createdAt: string;
  readonly fired: number;
  /** The last moment that was answered, and how. */
  readonly last: {
    readonly tick: string;
    readonly at: string;
    readonly workflowId: string | null;
    readonly code: string | null;
    readonly reason: string | null;
  } | null;
};

/** The schedule after an event. Throws `transition.refused` for one that does not fit: a moment is answered once, and in order. */
export const foldSchedule = (view: ScheduleView | null, fact: Fact): ScheduleView => {
  const event = fact as HiveEvent;
  if (event.type === 'schedule.created' && view === null) {
    const { scheduleId: id, request, goal, repo, timing, missed, by = fact.actor ?? '' } = event.data;
    return { id, state: 'active', request, goal, repo, timing, missed, by, createdAt: event.at, fired: 0, last: null };
  }
  if (view?.state === 'active' && event.type === 'schedule.removed') return { ...view, state: 'removed' };
  if (view?.state === 'active' && event.type === 'schedule.fired' && event.data.tick > (view.last?.tick ?? '')) {
    const { tick, workflowId, code, reason, last } = event.data;
    return {
      ...view,
      state: last ? 'done' : 'active',
      fired: view.fired + 1,
      last: { tick, at: event.at, workflowId, code, reason },
    };
  }
  throw transitionRefused(event.stream, view?.state ?? null, event.type);
};
