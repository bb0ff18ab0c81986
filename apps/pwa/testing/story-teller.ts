import type { AgentRow, EventRow, HeadWrite, StepChange, StepRow, Store } from '@hive/core-db';
import { foldStream, parseStream, stateOf, type HiveEvent } from '@hive/events';

/** Records a story in a store, as its agents would have: events, heads, what is claimed, and who is alive. */
export type StoryTeller = {
  tell(events: readonly HiveEvent[]): Promise<void>;
  /** Every agent of the story says that it is alive. */
  beat(): Promise<void>;
};

type Head = HeadWrite['head'] & { readonly view: unknown };

/** In which states of a task somebody holds its step. */
const held: Readonly<Record<string, StepRow['kind']>> = {
  working: 'work',
  checking: 'check',
  reviewing: 'review',
  merging: 'merge',
};

/** A teller for one store, which nobody else writes to but the dashboard. */
export const createStoryTeller = (store: Store): StoryTeller => {
  const heads = new Map<string, Head>();
  const agents = new Map<string, Omit<AgentRow, 'beatAt' | 'status' | 'load'>>();
  const steps = new Map<string, StepRow>();
  const claims = new Map<string, HiveEvent & { type: 'task.claimed' }>();

  const add = (event: HiveEvent): void => {
    const before = heads.get(event.stream);
    const view = foldStream(before?.view ?? null, event);
    heads.set(event.stream, {
      stream: event.stream,
      ...parseStream(event.stream),
      correlationId: event.correlationId,
      version: event.version,
      state: stateOf(event.stream, view),
      lastEventId: event.id,
      token: event.type === 'task.claimed' ? event.data.token : (before?.token ?? 0),
      view,
    });
    if (event.type === 'task.claimed') claims.set(event.stream, event);
    if (event.type === 'agent.registered') agents.set(event.data.agent, { ...event.data, startedAt: event.at });
  };

  /** What is in somebody's hands now. */
  const inHand = (): StepRow[] =>
    [...claims].flatMap(([stream, { data, id, correlationId }]) => {
      const head = heads.get(stream);
      if (head?.kind !== 'task' || held[head.state] !== data.step) return [];
      return [
        {
          ...{ id: `${head.id}:${data.step}`, kind: data.step, stream, taskId: head.id, workflowId: correlationId },
          ...{
            capabilities: [],
            priority: 0,
            limits: [],
            rank: 0,
            due: [],
            becomes: null,
            state: 'claimed',
            runAt: null,
          },
          ...{ token: data.token, attempt: data.attempt, failures: 0, rescues: 0, maxAttempts: 3, maxRescues: 3 },
          ...{ onlyAgent: null, avoidAgent: null, holder: agents.get(data.agent)?.incarnation ?? data.agent },
          ...{ holderAgent: data.agent, leaseUntil: data.leaseUntil, lastEventId: id, payload: null },
        } satisfies StepRow,
      ];
    });

  /** The queue that belongs to what was told. */
  const moveSteps = (): { readonly insertSteps: StepRow[]; readonly changeSteps: StepChange[] } => {
    const now = new Map(inHand().map((step) => [step.id, step]));
    const done = [...steps.values()].filter(({ id }) => !now.has(id));
    const fresh = [...now.values()].filter(({ id }) => !steps.has(id));
    for (const { id } of done) steps.delete(id);
    for (const step of fresh) steps.set(step.id, step);
    return {
      insertSteps: fresh,
      changeSteps: done.map(({ id, token }) => ({ id, expect: { state: 'claimed', token }, set: { state: 'done' } })),
    };
  };

  return {
    async tell(events) {
      if (events.length === 0) return;
      const versions = new Map([...heads].map(([stream, { version }]) => [stream, version]));
      for (const event of events) add(event);
      const touched = [...new Set(events.map(({ stream }) => stream))];
      const result = await store.write({
        events: events.map(({ position: _, ...event }): EventRow => event),
        heads: touched.flatMap((stream) => {
          const head = heads.get(stream);
          return head ? [{ head, expectedVersion: versions.get(stream) ?? 0 }] : [];
        }),
        ...moveSteps(),
      });
      if (result.status !== 'written') throw new Error(`the story was answered with ${JSON.stringify(result)}`);
      store.ring();
    },
    async beat() {
      for (const agent of agents.values()) {
        const load = [...steps.values()].filter(({ holderAgent }) => holderAgent === agent.agent).length;
        await store.beat({ ...agent, status: load > 0 ? 'busy' : 'idle', load });
      }
    },
  };
};
