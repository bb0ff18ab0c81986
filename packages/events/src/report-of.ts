// Apart from the schema, so that a page that shows a report does not load it.
import type { EventOf, HiveEvent } from './catalogue.ts';
import type { Report } from './report.ts';

/** What a report is folded from: the events of a while in log order, what waits for a person now, and how tasks are called. */
export type Reported = {
  readonly events: readonly HiveEvent[];
  readonly since: string;
  readonly until: string;
  readonly waiting: Report['waiting'];
  readonly nameOf: (taskId: string) => { readonly key: string; readonly title: string };
};

/** What happened, from events alone. Pure. */
export const reportOf = ({ events, since, until, waiting, nameOf }: Reported): Report => {
  const within = events.filter((event) => event.at >= since);
  const ofTask = (event: HiveEvent, taskId: string) => ({
    task: taskId,
    ...nameOf(taskId),
    workflow: event.correlationId,
    at: event.at,
    events: [event.id],
  });
  const merged = within.flatMap((event): Report['merged'] => {
    if (event.type !== 'task.merged' && event.type !== 'task.completed') return [];
    const { taskId, evidence } = event.data;
    const commit = event.type === 'task.merged' ? event.data.commit : null;
    const reviewers = (evidence.reviewers ?? []).map(({ kind, model, agent }) =>
      kind === 'rules' ? 'rules' : (model ?? agent),
    );
    return [{ ...ofTask(event, taskId), commit, redBefore: evidence.redBefore, reviewers }];
  });
  const refused = within.flatMap((event): Report['refused'] => {
    if (event.type === 'workflow.plan_failed') return [planFailed(event)];
    if (!isBadEnd(event)) return [];
    const { taskId, code, reason } = event.data;
    return [{ ...ofTask(event, taskId), how: event.type.slice('task.'.length), code, reason }];
  });
  return {
    since,
    until,
    merged,
    waiting,
    refused,
    limits: limitsOf(within, events, until),
    usage: usageByModel(within),
    repeated: repeatedOf(within),
  };
};

/** A workflow without a plan has no task that could tell of it. */
const planFailed = ({ id, at, correlationId, data }: EventOf<'workflow.plan_failed'>): Report['refused'][number] => ({
  ...{ task: null, key: 'plan', title: 'the plan', workflow: correlationId, at, events: [id] },
  ...{ how: 'failed', code: data.code, reason: data.reason },
});

type BadEnd = EventOf<'task.refused' | 'task.failed' | 'task.blocked' | 'task.dead_lettered'>;
const isBadEnd = (event: HiveEvent): event is BadEnd =>
  event.type === 'task.refused' ||
  event.type === 'task.failed' ||
  event.type === 'task.blocked' ||
  event.type === 'task.dead_lettered';

/** Groups by a name, in the order of its first member. */
const grouped = <T>(items: readonly T[], name: (item: T) => string): readonly (readonly [T, ...T[]])[] => {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group) group.push(item);
    else groups.set(name(item), [item]);
  }
  return [...groups.values()];
};

const limitsOf = (within: readonly HiveEvent[], all: readonly HiveEvent[], until: string): Report['limits'] => {
  const parked = within.flatMap((event) => (event.type === 'model.parked' ? [event] : []));
  return grouped(parked, ({ data }) => `${data.provider} ${data.kind}`).map((group) => {
    const { provider, kind } = group[0].data;
    return {
      provider,
      kind,
      until: group.map(({ data }) => data.until).reduce((a, b) => (a > b ? a : b)),
      tasks: new Set(group.map((event) => event.data.taskId ?? event.correlationId)).size,
      waitedMs: group.reduce(
        (sum, event) => sum + (Date.parse(resumedAt(event, all) ?? until) - Date.parse(event.at)),
        0,
      ),
      events: group.map(({ id }) => id),
    };
  });
};

/** When the step that was parked was taken up again; null: it waits. */
const resumedAt = (parked: EventOf<'model.parked'>, events: readonly HiveEvent[]): string | null =>
  events.find(
    (event) =>
      event.type === 'task.claimed' &&
      event.at >= parked.at &&
      event.data.taskId === parked.data.taskId &&
      event.correlationId === parked.correlationId,
  )?.at ?? null;

const usageByModel = (events: readonly HiveEvent[]): Report['usage'] => {
  const calls = events.flatMap((event) => (event.type === 'model.called' ? [event] : []));
  return grouped(calls, ({ data }) => `${data.provider} ${data.model}`).map((group) => {
    const live = group.filter(({ data }) => data.source === 'live');
    const sum = (of: (data: EventOf<'model.called'>['data']) => number | null) =>
      live.reduce((total, { data }) => total + (of(data) ?? 0), 0);
    return {
      provider: group[0].data.provider,
      model: group[0].data.model,
      calls: group.length,
      failed: group.filter(({ data }) => data.outcome !== 'ok').length,
      free: group.length - live.length,
      input: sum((data) => data.input),
      output: sum((data) => data.output),
      cached: sum((data) => data.cached),
      costUsd: live.some(({ data }) => data.costUsd === null) ? null : sum((data) => data.costUsd),
      events: group.map(({ id }) => id),
    };
  });
};

type Again = { readonly step: string; readonly why: Report['repeated'][number]['why']; readonly id: string };

/** Steps that were or will be done again: a last failure is an end, and is told as one. */
const repeatedOf = (events: readonly HiveEvent[]): Report['repeated'] => {
  const again = events.flatMap((event): Again[] => {
    switch (event.type) {
      case 'task.attempt_failed':
        return event.data.final ? [] : [{ step: event.data.step, why: 'failed', id: event.id }];
      case 'task.lease_expired':
        return event.data.final ? [] : [{ step: event.data.step, why: 'lost', id: event.id }];
      case 'task.returned':
        return [{ step: 'work', why: 'returned', id: event.id }];
      default:
        return [];
    }
  });
  return grouped(again, ({ step, why }) => `${step} ${why}`).map((group) => ({
    step: group[0].step,
    why: group[0].why,
    count: group.length,
    events: group.map(({ id }) => id),
  }));
};
