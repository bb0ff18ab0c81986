import {
  boundedMs,
  logRing,
  type RingMask,
  type EventRow,
  type Head,
  type StepChange,
  type StepRow,
  type Store,
  type Write,
} from '@hive/core-db';
import { beginningOf, hasCode, type Code } from '@hive/errors';
import {
  isOpen,
  nextTaskState,
  parseEventData,
  streams,
  type AgentPause,
  type NewEvent,
  type Step,
  type TaskState,
} from '@hive/events';
import { backoffMs } from './backoff.ts';
import { createHandOver } from './hand-over.ts';
import { admit, restingState } from './limits.ts';
import { streamOfStep, type NewStep } from './new-step.ts';
import type { PauseWatch } from './pausing.ts';
import { record, type Move } from './record.ts';
import { startOf } from './start.ts';
import type { Surroundings } from './surroundings.ts';

/** A step that this process holds until its lease ends. Whatever is written for it proves `step.token`. */
export type Claim = {
  readonly step: StepRow;
  /** The `task.claimed` that everything written under the claim is caused by. */
  readonly eventId: string;
  readonly leaseUntil: string;
  /** The step's stream after the claim. */
  readonly head: Head;
  /** The stream of its workflow as it was then; null when there is none. */
  readonly workflow: Head | null;
};

/** Why a step did not succeed, as an attempt that counts. */
export type Failure = {
  readonly code: Code;
  readonly reason: string;
  /** False: no further attempt, whatever the cap says. */
  readonly retry: boolean;
  readonly retryAfterMs?: number;
  /** Prefer another agent for the next attempt. */
  readonly elsewhere?: boolean;
};

/** `lost`: a newer claim exists or the task has ended; nothing was written. */
export type Outcome = 'done' | 'lost';

/** The work queue as one process sees it. */
export type Queue = {
  /**
   * Puts steps into the queue, each with its `task.assigned` in the trace of its workflow, caused by `causationId`. Resolves when all are committed; a
   * hundred are one commit. An idle agent of this bus claims in the same commit, and nobody else is woken for what it won. Throws
   * `transition.refused` when a step does not fit its task, or there is no such task, and `input.state` when its id is in use already.
   */
  enqueue(steps: readonly NewStep[], causationId: string | null): Promise<void>;
  /** Who took an agent out by its name, as it was half a second ago at most; null while nobody did. */
  pauseOf(agent: string): Promise<AgentPause | null>;
  /** Wins up to `limit` steps, best first; none of a kind that is paused, and none for an agent that is. Each claim and its `task.claimed` are one commit. */
  claim(options: {
    readonly kinds: readonly Step[];
    readonly agent: string;
    readonly incarnation: string;
    readonly capabilities: readonly string[];
    readonly limit: number;
    readonly leaseMs: number;
  }): Promise<readonly Claim[]>;
  /** Records what the step brought and ends it. */
  finish(claim: Claim, events: readonly NewEvent[]): Promise<Outcome>;
  /** Records something in the middle of a step, under its token. Answers `late` where its terms do not hold (any more). */
  note(claim: Claim, events: readonly NewEvent[], terms?: NoteTerms): Promise<Outcome | 'late'>;
  /** Records a failed attempt; runs again after a backoff unless no attempt is left. */
  fail(claim: Claim, failure: Failure): Promise<Outcome>;
  /** Not now: runs again after `ms` by the store's clock, and costs no attempt. `events` are recorded with it. */
  snooze(claim: Claim, ms: number, reason: string, events?: readonly NewEvent[]): Promise<Outcome>;
  /** Gives back every claimed step whose holder is gone or whose lease has ended. Answers how many. */
  rescue(): Promise<number>;
  /** Lets in what waits for room under its limits and was not let in when somebody left. Answers how many. */
  admit(): Promise<number>;
};

/** What has to hold in the moment of a note. */
export type NoteTerms =
  | {
      /** Nobody has moved this cursor. */
      readonly turn?: Write['cursor'];
      readonly provided?: never;
    }
  | {
      readonly turn?: never;
      /** These streams, which exist, are such that `holds`; whoever changes one of them meanwhile comes before or after the note. */
      readonly provided: Provided;
    };

/** What streams have to be like. */
export type Provided = {
  readonly streams: readonly string[];
  readonly holds: (heads: ReadonlyMap<string, Head>) => boolean;
};

/** So many claimed steps are looked at by one rescue. */
const mostLookedAt = 10_000;

/** So many steps are put into the queue by one commit. */
const atOnce = 100;

/** A reason as an event can hold it, whatever was said and however much: a failure can always be recorded. */
const told = (reason: string): string => beginningOf(reason, 4000);

const free = { holder: null, holderAgent: null, leaseUntil: null } as const;

/**
 * The queue over a store. `actor` is written into the events. `offer` tells the agents of this bus of steps that are about to be committed, `pauses`
 * what is paused.
 */
export const createQueue = (
  store: Store,
  actor: string,
  around: Surroundings,
  offer: (about: RingMask) => void,
  pauses: PauseWatch,
): Queue => {
  const { newId } = around;
  const handOver = createHandOver(store, around, offer);
  /** Claims under which something was recorded already, so that their streams have moved on. */
  const noted = new WeakSet<Claim>();
  const stampOf = (step: StepRow, causationId: string) => ({ correlationId: step.workflowId, causationId, actor });
  const held = (claim: Claim): StepChange['expect'] => ({
    state: 'claimed',
    token: claim.step.token,
    ...(claim.step.holder !== null && { holder: claim.step.holder }),
  });

  const under = async (claim: Claim, moves: readonly Move[], set: StepChange['set']): Promise<Outcome> =>
    (await underIn(claim, moves, { set })) === 'done' ? 'done' : 'lost';

  const underIn = async (
    claim: Claim,
    moves: readonly Move[],
    { set, turn, provided }: { readonly set: StepChange['set'] } & NoteTerms,
  ): Promise<Outcome | 'late'> => {
    const streamsOf = new Set([
      streamOfStep(claim.step),
      // Read along, because a step that goes back to waiting waits elsewhere while its workflow is paused.
      streams.workflow(claim.step.workflowId),
      ...moves.flatMap((move) => move.events.map((event) => event.stream)),
      ...(provided?.streams ?? []),
    ]);
    let holds = true;
    try {
      const recorded = await record(store, {
        streams: [...streamsOf],
        onRefused: 'throw',
        newId,
        plan: (heads) => {
          holds = provided?.holds(heads) ?? true;
          return {
            moves: holds ? moves : [],
            changeSteps: holds ? [{ id: claim.step.id, expect: held(claim), set }] : [],
            ...(provided && holds && { unchanged: provided.streams }),
            stamp: stampOf(claim.step, claim.eventId),
          };
        },
        ...(turn && { cursor: turn }),
      });
      if (!holds) return (await stillHeld(claim)) ? 'late' : 'lost';
      if (recorded.status === 'cursor') return 'late';
      return recorded.status === 'written' ? 'done' : 'lost';
    } catch (error) {
      // The task ended while we worked (cancelled, failed): the claim is void. Any other refusal is a bug of the caller.
      if (hasCode(error, 'transition.refused') && !(await stillHeld(claim))) return 'lost';
      throw error;
    }
  };

  /** The place under its limits is handed on at once; where that fails, the queen does it a little later. */
  const leaving = async (claim: Claim, outcome: Outcome): Promise<Outcome> => {
    if (claim.step.limits.length > 0) await admit(store).catch(() => 0);
    return outcome;
  };

  const stillHeld = async (claim: Claim): Promise<boolean> => {
    const [row] = await store.steps({ ids: [claim.step.id], limit: 1 });
    return row?.state === 'claimed' && row.token === claim.step.token;
  };

  const ofStep = (step: StepRow) => ({
    taskId: step.taskId,
    step: step.kind,
    attempt: step.attempt,
    token: step.token,
  });

  /**
   * Ends a step without looking at its stream first: the claim has told where it stands, and the table tells where the events lead. Null where
   * that is not enough, or where somebody else has moved the stream on: then the long way is taken, with nothing written yet.
   */
  const finishAtOnce = async (claim: Claim, news: readonly NewEvent[]): Promise<Outcome | null> => {
    const { step } = claim;
    if (step.taskId === null || news.length === 0 || noted.has(claim)) return null;
    let state = claim.head.state as TaskState;
    const events: EventRow[] = [];
    for (const { type, stream, data } of news) {
      if (stream !== step.stream) return null;
      const parsed = parseEventData(type, data);
      const next = nextTaskState(state, { type, data: parsed });
      if (next === null) return null;
      state = next;
      events.push({
        id: newId(),
        type,
        stream,
        version: claim.head.version + events.length + 1,
        ...stampOf(step, claim.eventId),
        at: '',
        data: parsed,
      }); // type and data belong together because parseEventData was asked with this type
    }
    const lastEventId = events.at(-1)?.id ?? claim.eventId;
    const version = claim.head.version + events.length;
    const head = {
      stream: step.stream,
      kind: 'task',
      id: step.taskId,
      correlationId: step.workflowId,
      version,
      state,
      lastEventId,
      token: step.token,
    } as const;
    const result = await store.write({
      events,
      heads: [{ head, expectedVersion: claim.head.version }],
      changeSteps: [
        { id: step.id, expect: held(claim), set: { ...free, state: 'done', token: step.token, lastEventId } },
      ],
      ...(!isOpen(state) && { endSteps: [{ workflowId: step.workflowId, stream: step.stream }] }),
    });
    if (result.status === 'step') return 'lost';
    if (result.status !== 'written' && result.status !== 'repeated') return null;
    store.ring(logRing);
    return 'done';
  };

  const rescueOne = async (row: StepRow, reason: string): Promise<boolean> => {
    const rescues = row.rescues + 1;
    const final = rescues > row.maxRescues;
    const recorded = await record(store, {
      streams: [...new Set([streamOfStep(row), streams.workflow(row.workflowId)])],
      onRefused: 'drop',
      newId,
      plan: () => ({
        moves: [
          {
            events: [
              {
                type: 'task.lease_expired',
                stream: streamOfStep(row),
                data: { ...ofStep(row), agent: row.holderAgent ?? '', rescues, final, reason },
              },
            ],
          },
        ],
        changeSteps: [
          {
            id: row.id,
            expect: { state: 'claimed', token: row.token },
            set: { ...free, state: final ? 'done' : restingState(row.limits), rescues },
          },
        ],
        stamp: stampOf(row, row.lastEventId),
      }),
    });
    return recorded.status === 'written';
  };

  const enqueueTogether = async (steps: readonly NewStep[], causationId: string | null): Promise<void> => {
    const starts = steps.flatMap((step) => startOf(step, { causationId, actor, id: newId() }) ?? []);
    if (starts.length === steps.length && (await handOver.start(starts))) return;
    // One of them is not the first of its task, or its workflow is paused: then all are looked at.
    await record(store, {
      streams: [...new Set(steps.flatMap((it) => [streamOfStep(it), streams.workflow(it.workflowId)]))],
      onRefused: 'throw',
      newId,
      plan: () => ({
        moves: steps.map((step) => ({ events: [], step, trace: { correlationId: step.workflowId, causationId } })),
        stamp: { correlationId: steps[0]?.workflowId ?? '', causationId, actor },
      }),
    });
  };

  return {
    enqueue: async (steps, causationId) => {
      const commits: Promise<void>[] = [];
      for (let from = 0; from < steps.length; from += atOnce)
        commits.push(enqueueTogether(steps.slice(from, from + atOnce), causationId));
      await Promise.all(commits);
    },
    pauseOf: pauses.of,
    claim: async ({ kinds, agent, incarnation, capabilities, limit, leaseMs }) => {
      const open = await pauses.open(kinds, agent);
      if (open.length === 0 || limit < 1) return [];
      const won = await handOver.claim(() =>
        store.claim({ kinds: open, agent, incarnation, capabilities, limit, leaseMs, actor, newId }),
      );
      if (won.length > 0) store.ring(logRing, { unhurried: true });
      return won.map(({ step, head, workflow }) => ({
        step,
        head,
        workflow,
        eventId: step.lastEventId,
        leaseUntil: step.leaseUntil ?? '',
      }));
    },
    finish: async (claim, events) => {
      const outcome =
        (await finishAtOnce(claim, events)) ?? (await under(claim, [{ events }], { ...free, state: 'done' }));
      return claim.step.limits.length === 0 ? outcome : leaving(claim, outcome);
    },
    note: (claim, events, terms) => {
      noted.add(claim);
      return underIn(claim, [{ events }], { set: {}, ...terms });
    },
    fail: async (claim, failure) => {
      const { step } = claim;
      const failures = step.failures + 1;
      const final = !failure.retry || failures >= step.maxAttempts;
      const now = Date.parse(await store.now());
      const retryAt = new Date(
        now + Math.max(boundedMs(failure.retryAfterMs ?? 0), backoffMs(failures, around.random())),
      ).toISOString();
      const event: NewEvent<'task.attempt_failed'> = {
        type: 'task.attempt_failed',
        stream: streamOfStep(step),
        data: {
          ...ofStep(step),
          code: failure.code,
          reason: told(failure.reason),
          final,
          retryAt: final ? null : retryAt,
        },
      };
      const outcome = await under(claim, [{ events: [event] }], {
        ...free,
        failures,
        ...(final ? { state: 'done' } : { state: 'scheduled', runAt: retryAt }),
        ...(failure.elsewhere && { avoidAgent: step.holderAgent }),
      });
      return leaving(claim, outcome);
    },
    snooze: async (claim, ms, reason, events = []) => {
      const at = new Date(Date.parse(await store.now()) + boundedMs(ms)).toISOString();
      const event: NewEvent<'task.snoozed'> = {
        type: 'task.snoozed',
        stream: streamOfStep(claim.step),
        data: { ...ofStep(claim.step), until: at, reason: told(reason) },
      };
      return leaving(
        claim,
        await under(claim, [{ events: [...events, event] }], { ...free, state: 'scheduled', runAt: at }),
      );
    },
    rescue: async () => {
      const claimed = [...(await store.steps({ states: ['claimed'], limit: mostLookedAt }))];
      if (claimed.length === 0) return 0;
      const now = await store.now();
      // Of more than are looked at, those whose lease has passed are found all the same.
      if (claimed.length === mostLookedAt) {
        const known = new Set(claimed.map(({ id }) => id));
        const late = await store.steps({ leaseBefore: now, limit: mostLookedAt });
        claimed.push(...late.filter(({ id }) => !known.has(id)));
      }
      const gone = new Set(await store.gone([...new Set(claimed.flatMap((row) => row.holder ?? []))]));
      let rescued = 0;
      for (const row of claimed) {
        const dead = row.holder !== null && gone.has(row.holder);
        const late = row.leaseUntil !== null && row.leaseUntil < now;
        if ((dead || late) && (await rescueOne(row, dead ? 'its process is gone' : 'it was silent for too long')))
          rescued += 1;
      }
      return rescued;
    },
    admit: () => admit(store),
  };
};
