import {
  anyRing,
  logRing,
  maskOf,
  pauseRing,
  type EventRow,
  type Head,
  type RingMask,
  type StepChange,
  type StepRow,
  type StepState,
  type Store,
  type Write,
} from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import {
  isOpen,
  isWorkflowOpen,
  streams,
  type EventType,
  type NewEvent,
  type TaskState,
  type TaskView,
  type WorkflowState,
} from '@hive/events';
import { compose, type Composed, type Stamp } from './compose.ts';
import { newId } from './ids.ts';
import { assignment, rowOf, streamOfStep, type NewStep } from './new-step.ts';
import { admit } from './limits.ts';
import { pauseChanges, waitingState } from './pausing.ts';

/** Events that belong together and, where they put a step into the queue, that step. Refused as one. */
export type Move = {
  readonly events: readonly NewEvent[];
  readonly step?: NewStep;
  /** Where they are told, when it is another trace than that of the write. */
  readonly trace?: Pick<Stamp, 'correlationId' | 'causationId'>;
};

/** What a write is about to do, computed from fresh heads; called again when a stream has moved on meanwhile. */
export type Intent = {
  /** Streams that are read before: those of the events, and others that `plan` wants to see. */
  readonly streams: readonly string[];
  readonly plan: (
    heads: ReadonlyMap<string, Head>,
    now: string,
  ) => {
    readonly moves: readonly Move[];
    readonly changeSteps?: readonly StepChange[];
    /** Streams among those that were read which have to be as `plan` saw them, though nothing is written to them. */
    readonly unchanged?: readonly string[];
    readonly stamp: Omit<Stamp, 'at' | 'id'> & { readonly id?: Stamp['id'] };
  };
  readonly cursor?: Write['cursor'];
  readonly deadLetter?: Write['deadLetter'];
  readonly takeDeadLetters?: Write['takeDeadLetters'];
  /** Makes the ids of its events, unless `plan` derives them; default {@link newId}. */
  readonly newId?: () => string;
  /** What to do with a move that the transition table refuses: `throw`, or `drop` it because the world has moved on. */
  readonly onRefused: 'throw' | 'drop';
};

export type Recorded =
  | { readonly status: 'written'; readonly ids: readonly string[]; readonly dropped: number }
  | { readonly status: 'step' | 'cursor' | 'letter'; readonly which: string };

/** After this change the step may be somebody's again. */
const mayFree = ({ set }: StepChange): boolean =>
  set.state !== undefined && set.state !== 'done' && set.state !== 'cancelled';

/** Who claims has to hear at once what is paused, and what is no longer. */
const ringOfPauses = (events: readonly { readonly type: string }[]): RingMask =>
  events.some(({ type }) => pausing.has(type)) ? anyRing | pauseRing : logRing;
const pausing = new Set<string>([
  'system.paused',
  'system.resumed',
  'agent.paused',
  'agent.resumed',
] satisfies EventType[]);

const retries = 50;

/**
 * A step is kept waiting for a paused workflow only while that is as it was read: a resume in between would not find the step, and nobody would release
 * it. Put among what is ready by mistake it is found by whoever follows the log.
 */
const keepsWaiting = (steps: readonly { readonly state?: StepState }[]): boolean =>
  steps.some(({ state }) => state === 'paused');

/** What is written holds only while `guards` are as they were read. */
const withGuards = (heads: Write['heads'], guards: readonly (Head | undefined)[]): Write['heads'] => {
  const written = new Set(heads.map(({ head }) => head.stream));
  const others = guards.flatMap((head) =>
    head && !written.has(head.stream) ? [{ head, expectedVersion: head.version }] : [],
  );
  return others.length > 0 ? [...heads, ...others] : heads;
};

const isSettling = (head: Head): boolean =>
  (head.kind === 'task' && !isOpen(head.state as TaskState)) ||
  (head.kind === 'workflow' && !isWorkflowOpen(head.state as WorkflowState));

/** A settled task or workflow has no open step: whatever is queued or claimed for it is cancelled in the same commit. */
const ended = (heads: readonly Head[]): NonNullable<Write['endSteps']> =>
  heads
    .filter(isSettling)
    .map(({ kind, id, stream, correlationId }) => ({ workflowId: kind === 'workflow' ? id : correlationId, stream }));

/**
 * Records moves in one commit: reads the heads, folds, writes with the versions that were read, and begins anew in a new transaction when a
 * stream had moved on. Ids are made once, so a write whose outcome is unknown can be repeated.
 */
export const record = async (store: Store, intent: Intent): Promise<Recorded> => {
  const made: string[] = [];
  const stableId = (ordinal: number) => (made[ordinal] ??= (intent.newId ?? newId)());
  for (let round = 0; round < retries; round++) {
    const { heads, now } = await store.heads(intent.streams);
    const plan = intent.plan(heads, now);
    const stamp: Stamp = { ...plan.stamp, id: plan.stamp.id ?? stableId, at: now };
    const composed = composeMoves(plan.moves, heads, stamp, intent.onRefused);
    // A step remembers its last event: the cause of its next one.
    const lastEventId = composed.events.at(-1)?.id;
    const workflow = heads.get(streams.workflow(stamp.correlationId));
    const changeSteps = (plan.changeSteps ?? []).map(({ set, ...change }) => ({
      ...change,
      set: {
        token: change.expect.token,
        ...(lastEventId !== undefined && { lastEventId }),
        ...set,
        ...(set.state !== undefined && { state: waitingState(set.state, workflow) }),
      },
    }));
    const insertSteps = composed.steps.map((step) => {
      const state = waitingState(step.state, workflow);
      return state === step.state ? step : { ...step, state };
    });
    const held = await pauseChanges(
      store,
      heads,
      composed.heads.map((it) => it.head),
    );
    const result = await store.write({
      events: composed.events,
      heads: withGuards(composed.heads, [
        ...(keepsWaiting([...insertSteps, ...changeSteps.map(({ set }) => set)]) ? [workflow] : []),
        ...(plan.unchanged ?? []).map((stream) => heads.get(stream)),
      ]),
      insertSteps,
      changeSteps: [...changeSteps, ...held],
      endSteps: ended(composed.heads.map((it) => it.head)),
      ...(intent.cursor && { cursor: intent.cursor }),
      ...(intent.deadLetter && { deadLetter: intent.deadLetter }),
      ...(intent.takeDeadLetters && { takeDeadLetters: intent.takeDeadLetters }),
    });
    if (result.status === 'written' || result.status === 'repeated') {
      if (composed.events.length > 0 || changeSteps.length > 0)
        store.ring(
          (changeSteps.some(mayFree) || held.length > 0 ? anyRing : maskOf(composed.steps.map(({ kind }) => kind))) |
            ringOfPauses(composed.events),
        );
      if (composed.steps.some((step) => step.limits.length > 0)) await admit(store);
      return { status: 'written', ids: composed.events.map((event) => event.id), dropped: composed.dropped };
    }
    const lostOwnClaim =
      result.status === 'step' && (plan.changeSteps ?? []).some((change) => change.id === result.which);
    if (result.status === 'step' && (await isTaken(store, insertSteps, result.which)))
      throw new HiveError(
        'input.state',
        `There is a step ${result.which} already, or it is asked for twice; nothing was recorded`,
      );
    if (lostOwnClaim || result.status === 'cursor' || result.status === 'letter')
      return { status: result.status, which: result.which };
  }
  throw new HiveError(
    'version.conflict',
    `The streams ${intent.streams.join(', ')} change too fast to write to; try again`,
    { remedy: 'retry' },
  );
};

/** Whether a new step can never be put into the queue under its id. One that only met another write of that moment may be, the next time. */
const isTaken = async (store: Store, steps: readonly StepRow[], id: string): Promise<boolean> => {
  const meant = steps.filter((step) => step.id === id).length;
  return meant > 1 || (meant === 1 && (await store.steps({ ids: [id], limit: 1 })).length > 0);
};

/** What is looked at of a step's stream; a workflow has no agents. */
type Judged = Pick<TaskView, 'tries'> & Partial<Pick<TaskView, 'agents'>>;

const composeMoves = (
  moves: readonly Move[],
  heads: ReadonlyMap<string, Head>,
  stamp: Stamp,
  onRefused: Intent['onRefused'],
) => {
  const after = new Map<string, Composed['heads'][number]>();
  // What an earlier move has made of a stream goes before what was read.
  const current = { get: (stream: string) => after.get(stream)?.head ?? heads.get(stream) };
  const events: EventRow[] = [];
  const steps: StepRow[] = [];
  const atMs = Date.parse(stamp.at);
  let ordinal = 0;
  let dropped = 0;
  for (const move of moves) {
    const first = ordinal;
    const step = move.step;
    const view = step && (current.get(streamOfStep(step))?.view as Judged | undefined);
    const news = step ? [...move.events, assignment(step, view ?? null)] : move.events;
    ordinal += news.length;
    try {
      const composed = compose(news, current, {
        correlationId: move.trace?.correlationId ?? stamp.correlationId,
        causationId: move.trace ? move.trace.causationId : stamp.causationId,
        commandId: stamp.commandId,
        actor: stamp.actor,
        at: stamp.at,
        id: (n) => stamp.id(first + n),
      });
      for (const { head, expectedVersion } of composed.heads)
        after.set(head.stream, {
          head,
          expectedVersion: after.get(head.stream)?.expectedVersion ?? expectedVersion,
        });
      for (const event of composed.events) events.push(event);
      if (step)
        steps.push(
          rowOf(step, {
            lastEventId: composed.events.at(-1)?.id ?? '',
            atMs,
            tries: view?.tries[step.kind] ?? 0,
            author: view?.agents?.['work'] ?? null,
          }),
        );
    } catch (error) {
      if (onRefused === 'throw' || !hasCode(error, 'transition.refused')) throw error;
      dropped += 1;
    }
  }
  return { events, steps, heads: [...after.values()], dropped };
};
