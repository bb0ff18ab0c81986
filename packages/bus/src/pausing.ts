import type { Head, StepChange, StepRow, StepState, Store } from '@hive/core-db';
import {
  isWorkflowOpen,
  streams,
  unpausedKinds,
  type AgentPause,
  type AgentPauses,
  type Step,
  type SystemPauses,
  type SystemView,
  type WorkflowState,
} from '@hive/events';
import { restingState } from './limits.ts';
import { machine } from './surroundings.ts';

const all = 100_000;

/** How long a pause of the system may go unnoticed by a process that claims. It looks twice in that time. */
const lookMs = 500;

const isPaused = (head: Head | undefined): boolean => head?.kind === 'workflow' && head.state === 'paused';

/** The state of a step that is about to wait: one of a paused workflow is kept out of what claims read. */
export const waitingState = (state: StepState, workflow: Head | undefined): StepState =>
  isPaused(workflow) && (state === 'ready' || state === 'scheduled' || state === 'parked') ? 'paused' : state;

const hold = (store: Store, workflowId: string): Promise<StepChange[]> =>
  changes(store, workflowId, { from: ['ready', 'scheduled', 'parked'], to: () => 'paused' });

const release = (store: Store, workflowId: string): Promise<StepChange[]> =>
  changes(store, workflowId, {
    from: ['paused'],
    to: ({ runAt, limits }) => (runAt === null ? restingState(limits) : 'scheduled'),
  });

const changes = async (
  store: Store,
  workflowId: string,
  { from, to }: { readonly from: readonly StepState[]; readonly to: (step: StepRow) => StepState },
): Promise<StepChange[]> =>
  (await store.steps({ workflowId, states: from, limit: all })).map((step) => ({
    id: step.id,
    expect: { state: step.state, token: step.token },
    set: { state: to(step) },
  }));

/** What pausing or resuming does to the waiting steps of a workflow, in the commit that records it. */
export const pauseChanges = async (
  store: Store,
  before: ReadonlyMap<string, Head>,
  after: readonly Head[],
): Promise<StepChange[]> => {
  const found: StepChange[] = [];
  for (const head of after) {
    if (head.kind !== 'workflow' || isPaused(before.get(head.stream)) === isPaused(head)) continue;
    if (isPaused(head)) found.push(...(await hold(store, head.id)));
    else if (isWorkflowOpen(head.state as WorkflowState)) found.push(...(await release(store, head.id)));
  }
  return found;
};

/**
 * Brings the waiting steps of a workflow in line with it. A step may have been put back in the very moment in which somebody paused or resumed:
 * whoever follows the log calls this after each such event. May be called at any time.
 */
export const alignPaused = async (store: Store, workflowId: string): Promise<void> => {
  for (;;) {
    const stream = streams.workflow(workflowId);
    const head = (await store.heads([stream])).heads.get(stream);
    if (!head || !isWorkflowOpen(head.state as WorkflowState)) return;
    const changeSteps = await (isPaused(head) ? hold : release)(store, workflowId);
    if (changeSteps.length === 0) return;
    const { status } = await store.write({ events: [], heads: [], changeSteps });
    if (status === 'written') store.ring();
  }
};

/** What of the system is paused now, and which agents by their names. */
export const readAllPauses = async (
  store: Store,
): Promise<{ readonly paused: SystemPauses; readonly agents: AgentPauses }> => {
  const head = (await store.heads([streams.system])).heads.get(streams.system);
  const { paused = {}, agents = {} } = (head?.view ?? {}) as Partial<SystemView>; // made by foldStream
  // Without a prototype: an agent may be called as a member of every object is.
  return { paused, agents: Object.assign(Object.create(null) as AgentPauses, agents) };
};

/** What of the system is paused now. */
export const readPauses = async (store: Store): Promise<SystemPauses> => (await readAllPauses(store)).paused;

/** What is paused, as a process knows it: not older than the last ring about it, and half a second at most, whatever rings were lost. */
export type PauseWatch = {
  /** It has changed: what is known is not worth anything from now on. */
  forget(): void;
  /** The kinds of steps that this agent may claim now. */
  open(kinds: readonly Step[], agent: string): Promise<readonly Step[]>;
  /** Who took this agent out; null while nobody did. */
  of(agent: string): Promise<AgentPause | null>;
};

/** Watches what is paused in a store. */
export const createPauseWatch = (store: Store, clock: () => number = machine.elapsed): PauseWatch => {
  let known: Awaited<ReturnType<typeof readAllPauses>> = { paused: {}, agents: {} };
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;
  let changes = 0;
  const lookAgain = (): Promise<void> =>
    (looking ??= (async () => {
      const [began, before] = [clock(), changes];
      try {
        known = await readAllPauses(store);
        if (changes === before) lookedAt = began;
      } finally {
        looking = null;
      }
    })());
  const look = async () => {
    const age = () => clock() - lookedAt;
    if (age() >= lookMs) await lookAgain();
    // That look may have been under way for long.
    if (age() >= lookMs) await lookAgain();
    // Whoever claims often never waits for a look. One that failed is told to whoever has to wait for the next.
    else if (age() >= lookMs / 2) lookAgain().catch(() => undefined);
    return known;
  };
  return {
    forget: () => {
      changes += 1;
      lookedAt = -Infinity;
    },
    open: async (kinds, agent) => {
      const { paused, agents } = await look();
      return agents[agent] ? [] : unpausedKinds(kinds, paused);
    },
    of: async (agent) => (await look()).agents[agent] ?? null,
  };
};
