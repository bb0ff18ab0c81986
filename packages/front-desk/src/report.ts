import { setImmediate } from 'node:timers/promises';
import type { LoggedEvent, Store } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { reportOf, type ApprovalView, type Desk, type Report, type TaskView, type WorkflowView } from '@hive/events';

const types = ['task.*', 'workflow.plan_failed', 'model.called', 'model.parked'];
/** So many are read at once: others are answered in between. */
const pageSize = 500;
const mostEvents = 250_000;
const many = 10_000;
const dayMs = 86_400_000;

/** What happened since a moment, and what waits for a person now. Without a moment: in the last twelve hours. */
export const createReport =
  (store: Store): Desk['report'] =>
  async ({ since: asked } = {}) => {
    const until = await store.now();
    const since = asked === undefined ? new Date(Date.parse(until) - dayMs / 2).toISOString() : momentOf(asked);
    if (since >= until) throw new HiveError('input.invalid', `${since} is not over yet; a report is about what was`);
    const events = await eventsSince(store, since);
    // Where there was more than can be told at once, it is told from when on this is true.
    const first = events.length >= mostEvents ? (events[0]?.at ?? since) : since;
    const names = await namesOf(store, events);
    return reportOf({
      events,
      since: first,
      until,
      waiting: await waitingNow(store),
      nameOf: (id) => names.get(id) ?? { key: id, title: '' },
    });
  };

const momentOf = (text: string): string => {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new HiveError('input.invalid', `${text} is no moment; write for example 2030-01-31T22:30:00Z`);
};

/** Events in log order; the log has no index of times, so it is read backwards until it is old enough. */
const eventsSince = async (store: Store, since: string): Promise<readonly LoggedEvent[]> => {
  const found: LoggedEvent[] = [];
  for (let after: LoggedEvent['cursor'] | undefined; found.length < mostEvents;) {
    const limit = Math.min(pageSize, mostEvents - found.length);
    const { events } = await store.events({ types, newest: true, limit, ...(after && { after }) });
    found.push(...events);
    after = events.at(-1)?.cursor;
    if (events.length < limit || (events.at(-1)?.at ?? '') < since) break;
    await setImmediate();
  }
  return found.toReversed();
};

const namesOf = async (store: Store, events: readonly LoggedEvent[]) => {
  const ids = [...new Set(events.flatMap(({ stream }) => (stream.startsWith('task/') ? [stream] : [])))];
  const names = new Map<string, { key: string; title: string }>();
  for (let from = 0; from < ids.length; from += 500) {
    const { heads } = await store.heads(ids.slice(from, from + 500));
    for (const { id, view } of heads.values()) {
      const { spec } = view as TaskView; // streams of tasks
      names.set(id, { key: spec.key, title: spec.title });
    }
  }
  return names;
};

/** Tasks that were escalated, calls that only a person can allow, and workflows that a rule has paused. */
const waitingNow = async (store: Store): Promise<Report['waiting']> => {
  const [tasks, workflows, approvals] = await Promise.all([
    store.listHeads({ kind: 'task', states: ['waiting'], limit: many }),
    store.listHeads({ kind: 'workflow', states: ['paused'], limit: many }),
    store.listHeads({ kind: 'approval', states: ['open'], limit: many }),
  ]);
  return [
    ...tasks.map(({ id, view, lastEventId }) => {
      const task = view as TaskView; // heads of kind task
      const reason = task.reason ?? 'no reason was given';
      return { kind: 'task' as const, id, what: task.spec.title, reason, events: [lastEventId] };
    }),
    ...approvals.flatMap(({ view, lastEventId }) => {
      const { kind, taskId, workflowId, action } = view as ApprovalView; // heads of kind approval
      if (kind !== 'egress') return [];
      const of =
        taskId === null ? { kind: 'workflow' as const, id: workflowId } : { kind: 'task' as const, id: taskId };
      return [{ ...of, what: action, reason: 'A person has to allow it (hive approvals)', events: [lastEventId] }];
    }),
    ...workflows.flatMap(({ id, view, lastEventId }) => {
      const { submission, paused } = view as WorkflowView; // heads of kind workflow
      if (!paused?.rule) return [];
      return [
        { kind: 'workflow' as const, id, what: submission.goal, reason: paused.reason ?? '', events: [lastEventId] },
      ];
    }),
  ];
};
