import type { LoggedEvent, Store } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { reportOf, type Desk, type Report, type TaskView, type WorkflowView } from '@hive/events';

const types = ['task.*', 'model.called', 'model.parked'];
const firstPage = 1000;
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
  for (let limit = firstPage; ; limit *= 4) {
    const { events } = await store.events({ types, newest: true, limit: Math.min(limit, mostEvents) });
    if (events.length < limit || limit >= mostEvents || (events.at(-1)?.at ?? '') < since) return events.toReversed();
  }
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

/** Tasks that were escalated, and workflows that a rule has paused. */
const waitingNow = async (store: Store): Promise<Report['waiting']> => {
  const [tasks, workflows] = await Promise.all([
    store.listHeads({ kind: 'task', states: ['waiting'], limit: many }),
    store.listHeads({ kind: 'workflow', states: ['paused'], limit: many }),
  ]);
  return [
    ...tasks.map(({ id, view, lastEventId }) => {
      const task = view as TaskView; // heads of kind task
      const reason = task.reason ?? 'no reason was given';
      return { kind: 'task' as const, id, what: task.spec.title, reason, events: [lastEventId] };
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
