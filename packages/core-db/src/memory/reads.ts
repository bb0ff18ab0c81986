import { foldStream, matchesTypes, upcast, type HiveEvent } from '@hive/events';
import {
  origin,
  type Cursor,
  type EventQuery,
  type Head,
  type LimitCount,
  type LoggedEvent,
  type StepCount,
  type StepRow,
  type Store,
} from '../port.ts';
import type { KeptHead } from '../rows.ts';
import type { KeptEvent, Tables } from './tables.ts';

type Reads = Pick<
  Store,
  | 'listHeads'
  | 'headStates'
  | 'countHeads'
  | 'events'
  | 'event'
  | 'cursorAt'
  | 'storedEvents'
  | 'positions'
  | 'end'
  | 'traces'
  | 'subscriptions'
  | 'deadLetters'
  | 'steps'
  | 'stepCounts'
  | 'limitCounts'
  | 'nextDue'
  | 'agents'
> & { readonly head: (stream: string) => Head | undefined };

/** How a memory is read. */
export const createReads = (tables: Tables): Reads => {
  const end = (): Cursor => ({ xid: '0', position: tables.events.length });
  const head = (stream: string) => {
    const kept = tables.heads.get(stream);
    return kept && caughtUp(tables, kept);
  };

  return {
    head,
    listHeads: async ({ kind, correlationId, states, before, ending, oldest, limit }) =>
      [...tables.heads.values()]
        .filter(
          (it) =>
            it.kind === kind &&
            (correlationId === undefined || it.correlationId === correlationId) &&
            (states === undefined || states.includes(it.state)) &&
            (before === undefined || (oldest ? it.id > before : it.id < before)) &&
            (ending === undefined || it.id.endsWith(ending)),
        )
        .toSorted((a, b) => (a.id < b.id === (oldest ?? false) ? -1 : 1))
        .slice(0, limit)
        .map((it) => caughtUp(tables, it)),
    headStates: async (kind, correlationIds) =>
      [...tables.heads.values()]
        .filter((it) => it.kind === kind && correlationIds.includes(it.correlationId))
        .map(({ id, correlationId, state }) => ({ id, correlationId, state })),
    countHeads: async (kind) => {
      const counts: Record<string, number> = {};
      for (const it of tables.heads.values()) if (it.kind === kind) counts[it.state] = (counts[it.state] ?? 0) + 1;
      return counts;
    },

    end: async () => end(),
    events: async (query) => {
      const looked = query.upTo ?? end();
      const found = find(tables, query);
      const events = found.slice(0, query.limit).map(loggedEvent);
      const full = !query.newest && events.length >= query.limit;
      return { events, looked: (full ? events.at(-1)?.cursor : undefined) ?? looked };
    },
    event: async (id) => {
      const event = tables.eventById.get(id);
      return event ? loggedEvent(event) : null;
    },
    cursorAt: async (position) => {
      if (position === 0) return origin;
      return tables.events[position - 1] ? { xid: '0', position } : null;
    },
    storedEvents: async (query) =>
      find(tables, query)
        .slice(0, query.limit)
        .map(({ position, id, type, stream, causationId, actor, at, data }) => ({
          ...{ xid: '0', position, id, type, stream, causationId, actor, at },
          data: JSON.stringify(data),
        })),
    positions: async (correlationId, ids) =>
      new Map(
        ids.flatMap((id) => {
          const event = tables.eventById.get(id);
          return event?.correlationId === correlationId ? [[id, event.position] as const] : [];
        }),
      ),
    traces: async ({ before, ids, limit }) =>
      [...tables.traces.values()]
        .filter((it) => before === undefined || it.correlationId < before)
        .filter((it) => ids === undefined || ids.includes(it.correlationId))
        .toSorted((a, b) => (a.correlationId > b.correlationId ? -1 : 1))
        .slice(0, limit),
    subscriptions: async () =>
      [...tables.cursors].map(([name, cursor]) => ({ name, cursor })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    deadLetters: async (limit) => tables.letters.toReversed().slice(0, limit),

    steps: async (query) =>
      findSteps(tables, query)
        .toSorted((a, b) => (Array.isArray(query.limited) && a.rank - b.rank) || (a.id < b.id ? -1 : 1))
        .slice(0, query.limit),
    stepCounts: async () => {
      const groups = new Map<string, StepCount>();
      for (const { kind, state, lastEventId } of tables.steps.values()) {
        if (state === 'done' || state === 'cancelled') continue;
        const { count = 0, oldest = lastEventId } = groups.get(`${kind} ${state}`) ?? {};
        groups.set(`${kind} ${state}`, {
          ...{ kind, state, count: count + 1 },
          oldest: lastEventId < oldest ? lastEventId : oldest,
        });
      }
      return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    },
    limitCounts: async () => {
      const groups = new Map<string, LimitCount>();
      for (const { limits, state } of findSteps(tables, { limited: true, limit: Infinity })) {
        const group = `${JSON.stringify(limits)} ${state}`;
        groups.set(group, { limits, state, count: (groups.get(group)?.count ?? 0) + 1 });
      }
      return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    },
    nextDue: async (kinds) => {
      let first: string | null = null;
      for (const id of tables.stepsIn.scheduled) {
        const step = tables.steps.get(id);
        if (!step || step.runAt === null || !kinds.includes(step.kind)) continue;
        if (first === null || step.runAt < first) first = step.runAt;
      }
      return first;
    },
    agents: async () =>
      [...tables.agents.values()]
        .toSorted((a, b) => (a.agent < b.agent || (a.agent === b.agent && a.incarnation < b.incarnation) ? -1 : 1))
        .map(({ mark: _, ...agent }) => agent),
  };
};

/** Claims leave the view behind; what was recorded since is folded on top, and kept. */
const caughtUp = (tables: Tables, { viewVersion, ...head }: KeptHead): Head => {
  if (viewVersion === head.version) return head;
  const newer = tables.eventsOf.stream.get(head.stream)?.slice(viewVersion) ?? [];
  const view = newer.reduce<unknown>(
    (folded, it) => foldStream(folded, loggedEvent(it)),
    viewVersion === 0 ? null : head.view,
  );
  tables.heads.set(head.stream, { ...head, view, viewVersion: head.version });
  return { ...head, view };
};

const loggedEvent = (kept: KeptEvent): LoggedEvent => {
  const stored = { type: kept.type as string, data: kept.data as unknown };
  const known = upcast(stored);
  const event = { ...kept, type: known.type, data: known.data } as HiveEvent; // as it was written
  return { ...event, cursor: { xid: '0', position: kept.position }, ...(known !== stored && { stored }) };
};

const find = (tables: Tables, query: EventQuery): readonly KeptEvent[] => {
  const after = query.newest ? 0 : (query.after?.position ?? 0);
  const before = query.newest ? (query.after?.position ?? Infinity) : Infinity;
  const found = candidates(tables, query).filter(
    (it) =>
      it.position > after &&
      it.position <= (query.upTo?.position ?? Infinity) &&
      it.position < before &&
      (query.types === undefined || matchesTypes(it.type, query.types)) &&
      (query.correlationId === undefined || it.correlationId === query.correlationId),
  );
  return query.newest ? found.toReversed() : found;
};

const candidates = (tables: Tables, { stream, correlationId, after, newest }: EventQuery): readonly KeptEvent[] => {
  if (stream !== undefined) return tables.eventsOf.stream.get(stream) ?? [];
  if (correlationId !== undefined) return tables.eventsOf.trace.get(correlationId) ?? [];
  return newest ? tables.events : tables.events.slice(after?.position ?? 0);
};

const findSteps = (tables: Tables, query: Parameters<Store['steps']>[0]): StepRow[] => {
  const { ids, workflowId, taskId, holder, leaseBefore } = query;
  const states =
    holder !== undefined || leaseBefore !== undefined
      ? (['claimed'] as const)
      : (query.states ?? (query.limited && openStates));
  const asked = ids ?? states?.flatMap((state) => [...tables.stepsIn[state]]) ?? [...tables.steps.keys()];
  return [...new Set(asked)].flatMap((id) => {
    const step = tables.steps.get(id);
    const isMeant =
      step &&
      (workflowId === undefined || step.workflowId === workflowId) &&
      (taskId === undefined || step.taskId === taskId) &&
      (query.states === undefined || query.states.includes(step.state)) &&
      (states === undefined || (states as readonly string[]).includes(step.state)) &&
      (query.limited === undefined || isLimited(step, query.limited)) &&
      (holder === undefined || step.holder === holder) &&
      (leaseBefore === undefined || (step.leaseUntil !== null && step.leaseUntil < leaseBefore));
    return isMeant ? [step] : [];
  });
};

const openStates = ['ready', 'scheduled', 'paused', 'parked', 'claimed'] as const;

const isLimited = ({ limits, state }: StepRow, by: true | StepRow['limits']): boolean =>
  state !== 'done' &&
  state !== 'cancelled' &&
  limits.length > 0 &&
  (by === true || JSON.stringify(limits) === JSON.stringify(by));
