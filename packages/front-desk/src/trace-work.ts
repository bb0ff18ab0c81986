import type { Cursor, Store } from '@hive/core-db';
import { usageOf, type AnyCall, type HiveEvent, type TraceSummary, type Trigger } from '@hive/events';

const all = 100_000;
/** So many traces are remembered. */
const mostKnown = 1000;
/** More that has happened since the last time is not told one by one. */
const mostHeard = 1000;

type Work = Required<Pick<TraceSummary, 'agents' | 'usage'>> & Pick<TraceSummary, 'trigger'>;

/** What is known of a trace. Its agents are added to as claims are heard of; its usage is read anew after a call. */
type Known = {
  readonly agents: Set<string>;
  /** Resolves when `agents` holds whoever took a step before this trace was known. */
  readonly whole: Promise<void>;
  usage: Promise<Work['usage']> | null;
  readonly trigger: Promise<Trigger | undefined>;
};

/**
 * What handed traces in, who took their steps, and what their calls took. What was found once is kept and goes on by the claims and calls in the log since then, so a list that is
 * read again and again costs what has happened meanwhile.
 */
export const createTraceWork = (
  store: Store,
): ((correlationIds: readonly string[]) => Promise<ReadonlyMap<string, Work>>) => {
  const known = new Map<string, Known>();
  let heardTo: Cursor | null = null;

  const hear = async (): Promise<void> => {
    if (heardTo) {
      const types = ['task.claimed', 'model.*'];
      const { events, looked } = await store.events({ types, after: heardTo, limit: mostHeard });
      if (events.length < mostHeard) {
        for (const event of events) tell(event);
        heardTo = looked;
        return;
      }
    }
    const end = await store.end();
    // Not before: what somebody else has begun to read meanwhile may lack what came before this end.
    known.clear();
    heardTo = end;
  };

  const tell = (event: HiveEvent): void => {
    const trace = known.get(event.correlationId);
    if (!trace) return;
    const agent = agentOf(event);
    if (agent !== null) trace.agents.add(agent);
    else if (event.type !== 'task.claimed') trace.usage = null;
  };

  const knownOf = (correlationId: string): Known => {
    const before = known.get(correlationId);
    const agents = before?.agents ?? new Set<string>();
    const trace: Known = before ?? {
      ...{ agents, whole: addAgents(store, correlationId, agents) },
      ...{ usage: null, trigger: readTrigger(store, correlationId) },
    };
    known.delete(correlationId);
    known.set(correlationId, trace);
    const [oldest] = known.keys();
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
    return trace;
  };

  const workOf = async (correlationId: string): Promise<Work> => {
    const trace = knownOf(correlationId);
    try {
      const usage = (trace.usage ??= readUsage(store, correlationId));
      const [used, trigger] = await Promise.all([usage, trace.trigger, trace.whole]);
      return { ...(trigger && { trigger }), agents: [...trace.agents].toSorted(), usage: used };
    } catch (error) {
      if (known.get(correlationId) === trace) known.delete(correlationId);
      throw error;
    }
  };

  return async (correlationIds) => {
    await hear();
    return new Map(await Promise.all(correlationIds.map(async (id) => [id, await workOf(id)] as const)));
  };
};

/** Who took the step of a task by this event. */
const agentOf = (event: HiveEvent): string | null =>
  event.type === 'task.claimed' && event.data.taskId !== null ? event.data.agent : null;

const addAgents = async (store: Store, correlationId: string, agents: Set<string>): Promise<void> => {
  const { events } = await store.events({ correlationId, types: ['task.claimed'], limit: all });
  for (const event of events) {
    const agent = agentOf(event);
    if (agent !== null) agents.add(agent);
  }
};

const readUsage = async (store: Store, correlationId: string): Promise<Work['usage']> => {
  const calls = await store.listHeads({ kind: 'call', correlationId, limit: all });
  return usageOf(calls.map(({ view }) => view as AnyCall)); // heads of kind call
};

/** By the process that recorded it, which says so in its name. */
const readTrigger = async (store: Store, correlationId: string): Promise<Trigger | undefined> => {
  const { events } = await store.events({ correlationId, types: ['workflow.submitted'], limit: 1 });
  const [first] = events;
  if (first?.type !== 'workflow.submitted') return undefined;
  const { schedule, replay } = first.data;
  if (schedule !== undefined) return 'schedule';
  if (replay !== undefined) return 'replay';
  return recorders.get(first.actor.split('/')[0] ?? '');
};

const recorders = new Map<string, Trigger>([
  ['cli', 'command'],
  ['event-dashboard', 'api'],
]);
