import type { Head, StepChange, StepRow, StepState, Store } from '@hive/core-db';
import { isWorkflowOpen, streams, unpausedKinds, type Step, type SystemPauses, type SystemView } from '@hive/events';
import type { WorkflowState } from '@hive/events';
import { restingState } from './limits.ts';
import { machine } from './surroundings.ts';

const all = 100_000;

/** How long a pause of the system may go unnoticed by a process that claims. Costs one look-up in that time, and none in between. */
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

/** What of the system is paused now. */
export const readPauses = async (store: Store): Promise<SystemPauses> => {
  const head = (await store.heads([streams.system])).heads.get(streams.system);
  return (head?.view as SystemView | undefined)?.paused ?? {};
};

/** Answers which kinds of steps may be claimed now. What it knows is half a second old at most, whatever rings were lost. */
export const createPauseWatch = (
  store: Store,
  clock: () => number = machine.elapsed,
): { open(kinds: readonly Step[]): Promise<readonly Step[]> } => {
  let paused: SystemPauses = {};
  let lookedAt = -Infinity;
  return {
    open: async (kinds) => {
      if (clock() - lookedAt >= lookMs) {
        paused = await readPauses(store);
        lookedAt = clock();
      }
      return unpausedKinds(kinds, paused);
    },
  };
};
