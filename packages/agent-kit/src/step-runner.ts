import { awayMs, repeatEvery, rest, type Claim, type Outcome } from '@hive/bus';
import { HiveError, hasCode, isHiveError } from '@hive/errors';
import type { Step, TaskView, WorkflowView } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { createLimit, withDeadline } from './with-deadline.ts';
import type { Agent, Context, Snooze, StepInHand } from './agent.ts';
import type { Crowd } from './crowd.ts';
import { stepPlaces } from './boxes/step-places.ts';
import { deadlineMs } from './deadline.ts';
import { waitForAnswer } from './approvals/wait-for-answer.ts';
import { waitingOf } from './approvals/waiting.ts';
import { parkStep } from './models/park-step.ts';
import { parkingOf } from './models/parking.ts';

const defaultLeaseMs = 15_000;
const longestLookMs = 1000;
const pollMs = 1000;
const soonMs = 10;
/** For so long it is not asked again when the next scheduled step is due. */
const dueForMs = 100;
/** More than this in one claim would only keep its holder waiting. */
const mostAtOnce = 250;
/** A step whose handler took longer says so in the log of the process; of the others the events tell. */
const worthTellingMs = 250;
const drainedReason = 'the agent is draining';

const isSnooze = (answer: unknown): answer is Snooze =>
  typeof answer === 'object' && answer !== null && 'snoozeMs' in answer;

/** Runs an agent's steps: claims, works, renews, records. One per process. */
export type StepRunner = {
  /** Claims until `drain` is aborted, lets end what is in hand, and hands back the rest once `handBack` is aborted. */
  run(drain: AbortSignal, handBack: AbortSignal): Promise<void>;
  /** Hands back what is in hand now; the runner goes on. */
  handBack(): void;
  load(): number;
};

/** The runner of an agent's steps. `own` is what the agent's `open` made; `crowd` are the others of its role. */
export const createStepRunner = <S>(agent: Agent<S>, ctx: Context, own: S, crowd: Crowd): StepRunner => {
  const { bus, log } = ctx;
  const { around } = bus;
  const kinds = Object.keys(agent.steps ?? {}) as Step[]; // the keys of a Partial<Record<Step, …>>
  const concurrency = agent.concurrency ?? 1;
  const withOwn = { ...ctx, own };
  const leaseMs = ctx.config.testing?.leaseMs ?? defaultLeaseMs;
  const lookMs = Math.min(longestLookMs, leaseMs / 6);
  /** By claim and not by step: a step that was lost may come back while its first try still ends. */
  const inHand = new Map<string, { claim: Claim; stop: AbortController; done: Promise<void> }>();
  const nameOf = ({ id, token }: { readonly id: string; readonly token: number }): string => `${id} ${token}`;
  /** How many in hand have done their work and only wait for their outcome to be on the disk. */
  let ending = 0;
  let freed: PromiseWithResolvers<void> | null = null;
  /** A slot is free once the outcome is on its way: so the next claim goes with it in one commit. */
  const free = () => {
    freed?.resolve();
    freed = null;
  };
  const nextFreed = () => (freed ??= Promise.withResolvers<void>()).promise;

  const tell = (how: string, { step }: Claim, outcome: Outcome, ms: number): void => {
    const isNews = how !== 'handled' || outcome !== 'done' || ms >= worthTellingMs;
    if (!isNews && !log.isLevelEnabled('debug')) return;
    log[isNews ? 'info' : 'debug'](
      {
        step: step.kind,
        taskId: step.taskId,
        correlationId: step.workflowId,
        token: step.token,
        attempt: step.attempt,
        outcome,
        durationMs: Math.round(ms),
      },
      how,
    );
  };

  const work = async (claim: Claim, signal: AbortSignal): Promise<void> => {
    const began = around.elapsed();
    const settle = async (how: string, write: () => Promise<Outcome>) => {
      const open = failpoint('submit.open');
      if (open) await open;
      const ms = around.elapsed() - began;
      ending += 1;
      free();
      let outcome: Outcome;
      try {
        outcome = await written(write, signal);
      } finally {
        ending -= 1;
      }
      const committed = failpoint('submit.committed');
      if (committed) await committed;
      tell(how, claim, outcome, ms);
    };
    try {
      const answer = await handle(claim, signal);
      if (isSnooze(answer)) await settle('snoozed', () => bus.queue.snooze(claim, answer.snoozeMs, answer.reason));
      else await settle('handled', () => bus.queue.finish(claim, answer));
    } catch (error) {
      await settleError(claim, signal, error, settle);
    }
  };

  /** Writes what a step brought. A store that is away is waited for while the claim may still hold: hours of work may hang on it. */
  const written = async (write: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> => {
    for (let failures = 1; ; failures++) {
      try {
        return await write();
      } catch (error) {
        if (signal.aborted || !isHiveError(error) || error.remedy !== 'retry') throw error;
        log.warn({ err: error }, 'outcome not recorded; trying again');
        await rest(around, awayMs(failures, around.random()), signal);
      }
    }
  };

  const settleError = async (
    claim: Claim,
    signal: AbortSignal,
    error: unknown,
    settle: (how: string, write: () => Promise<Outcome>) => Promise<void>,
  ): Promise<void> => {
    if (hasCode(error, 'lease.lost')) return void log.info({ stepId: claim.step.id }, 'claim lost');
    if (signal.aborted && signal.reason === drainedReason)
      return settle('handed back', () => bus.queue.snooze(claim, 0, drainedReason));
    if (signal.aborted) return void log.info({ stepId: claim.step.id }, 'step stopped');
    const waiting = waitingOf(error);
    if (waiting) return settle('parked', () => waitForAnswer(claim, waiting, ctx));
    const parking = isHiveError(error) ? parkingOf(error) : null;
    if (parking) return settle('parked', () => parkStep(claim, parking, ctx));
    if (isHiveError(error)) {
      log.warn({ code: error.code, reason: error.message, stepId: claim.step.id }, 'step failed');
      const failure = {
        code: error.code,
        reason: error.message,
        retry: error.remedy === 'retry',
        ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
        ...(error.where === 'other' && { elsewhere: true }),
      };
      return settle('failed', () => bus.queue.fail(claim, failure));
    }
    log.error({ err: error, stepId: claim.step.id }, 'step failed by a bug');
    const reason = `A bug in Hive: ${error instanceof Error ? error.message : String(error)}`;
    return settle('failed', () => bus.queue.fail(claim, { code: 'internal', reason, retry: true }));
  };

  const handle = (claim: Claim, signal: AbortSignal) => {
    const { step } = claim;
    const workflow = claim.workflow?.view as WorkflowView | undefined;
    const task = step.taskId === null ? null : (claim.head.view as TaskView | undefined);
    const handler = agent.steps?.[step.kind];
    if (workflow === undefined || task === undefined || handler === undefined)
      throw new Error(`step ${step.id} has no workflow, task or handler`);
    const limit = createLimit(signal);
    const inHandStep: StepInHand = {
      kind: step.kind,
      workflow,
      task,
      mark: { step: step.kind, attempt: step.attempt, token: step.token },
      get signal() {
        return limit.signal();
      },
      places: stepPlaces(bus, claim),
      takes: limit.extend,
      note: async (events, terms) => {
        const outcome = await bus.queue.note(claim, events, terms);
        if (outcome === 'late')
          throw new HiveError('version.conflict', 'Somebody else was faster; look again', { remedy: 'retry' });
        if (outcome === 'lost') throw new HiveError('lease.lost', 'Another claim of this step is newer');
      },
    };
    return withDeadline(handler(inHandStep, withOwn), {
      ms: (agent.deadlineMs ?? deadlineMs)(inHandStep),
      kind: step.kind,
      late: limit,
      around,
    });
  };

  const start = (claim: Claim): void => {
    const stop = new AbortController();
    const name = nameOf(claim.step);
    const ended = () => {
      inHand.delete(name);
      free();
    };
    const done = work(claim, stop.signal).then(ended, (error: unknown) => {
      // The store failed while an outcome was recorded: the lease decides what happens to the step.
      log.error({ err: error, stepId: claim.step.id }, 'outcome not recorded');
      ended();
    });
    inHand.set(name, { claim, stop, done });
  };

  /** Slots that a claim under way may fill. */
  let asked = 0;
  const slotsNow = () => concurrency - asked - (inHand.size - ending);

  let renewedAt = -Infinity;
  let isLooking = false;
  /** Renews what is held and stops what was lost. */
  const look = async (): Promise<void> => {
    const claims = [...inHand.values()].map(({ claim }) => ({ id: claim.step.id, token: claim.step.token }));
    if (claims.length === 0 || isLooking) return;
    isLooking = true;
    try {
      const rows = await bus.store.steps({ ids: claims.map((claim) => claim.id), limit: claims.length });
      const valid = new Set(rows.filter((row) => row.state === 'claimed').map(nameOf));
      for (const claim of claims) if (!valid.has(nameOf(claim))) inHand.get(nameOf(claim))?.stop.abort('lost');
      if (around.elapsed() - renewedAt < leaseMs / 3) return;
      // Only what is still held: of a step that was lost and came back, an older claim says nothing about the newer one.
      const held = claims.filter((claim) => valid.has(nameOf(claim)));
      const renewed = new Set(await bus.store.renew(held, ctx.incarnation, leaseMs));
      await failpoint('lease.renewed');
      renewedAt = around.elapsed();
      for (const claim of held) if (!renewed.has(claim.id)) inHand.get(nameOf(claim))?.stop.abort('lost');
    } catch (error) {
      log.warn({ err: error }, 'leases not renewed');
    } finally {
      isLooking = false;
    }
  };

  const mayBegin = async (): Promise<boolean> => (await agent.mayBegin?.(withOwn)) ?? true;

  let due: string | null = null;
  let dueAskedAt = -Infinity;
  /** How long until the next scheduled step may be taken. What is overdue and still there is for somebody else: the longer it is, the longer the wait. */
  const dueInMs = (): number =>
    due === null ? pollMs : Math.min(pollMs, Math.max(soonMs, Math.abs(Date.parse(due) - around.wall())));
  /** Resolves when there may be something to take: a ring since `seen`, a scheduled step, or the time for a look; or when nobody waits any more. */
  const somethingToTake = async (seen: number, signal: AbortSignal, isWaiting: () => boolean): Promise<void> => {
    const knownMs = dueForMs - (around.elapsed() - dueAskedAt);
    if (knownMs > 0) {
      const waitMs = dueInMs();
      await bus.heard(Math.min(waitMs, knownMs), signal, seen, kinds);
      if (signal.aborted || !isWaiting() || waitMs <= knownMs || bus.rings(kinds) !== seen) return;
    }
    due = await bus.store.nextDue(kinds).catch(() => null);
    dueAskedAt = around.elapsed();
    await bus.heard(dueInMs(), signal, seen, kinds);
  };

  /** Whether the last claim has brought all that was asked for, so that there is more to take. */
  let isPlenty = false;
  let plenty = Promise.withResolvers<void>();
  const count = (claims: readonly Claim[], slots: number): void => {
    if (claims.length === slots) plenty.resolve();
    else if (isPlenty) plenty = Promise.withResolvers<void>();
    isPlenty = claims.length === slots;
  };

  /** Claims while there is something to take, and then waits; `second` only helps while there is plenty. */
  const claimLoop = async (signal: AbortSignal, second: boolean): Promise<void> => {
    signal.addEventListener('abort', second ? () => plenty.resolve() : free, { once: true });
    for (let failures = 0; !signal.aborted;) {
      if (second && !isPlenty) {
        await plenty.promise;
        continue;
      }
      const seen = bus.rings(kinds);
      const slots = Math.min(slotsNow(), mostAtOnce);
      let claims: readonly Claim[] = [];
      try {
        if (slots > 0 && (await mayBegin())) {
          await failpoint('claim.before');
          asked += slots;
          claims = await bus.queue
            .claim({
              kinds,
              agent: ctx.agent,
              incarnation: ctx.incarnation,
              capabilities: agent.capabilities?.(ctx.config) ?? [],
              limit: slots,
              leaseMs,
            })
            .finally(() => (asked -= slots));
          count(claims, slots);
          if (claims.length > 0) await failpoint('claim.committed');
        }
        failures = 0;
      } catch (error) {
        log.warn({ err: error }, 'claim failed');
        await rest(around, awayMs(failures++, around.random()), signal);
        continue;
      }
      for (const claim of claims) start(claim);
      if (claims.length > 0 && claims.length === slots) continue;
      const slot = nextFreed();
      if (slotsNow() <= 0) {
        await slot;
      } else {
        let isWaiting = true;
        // Of what the last claim did not bring there was nothing left, and what has come since is rung for.
        await Promise.race([...(isPlenty ? [slot] : []), somethingToTake(seen, signal, () => isWaiting)]);
        isWaiting = false;
        const waitMs = bus.rings(kinds) === seen ? 0 : crowd.waitMs();
        if (waitMs > 0) await Promise.race([slot, rest(around, waitMs, signal)]);
      }
    }
  };

  const stopAll = () => {
    for (const { stop } of inHand.values()) stop.abort(drainedReason);
  };

  return {
    handBack: stopAll,
    load: () => inHand.size,
    run: async (drain, handBack) => {
      if (kinds.length === 0) return;
      const stopLooking = repeatEvery(around, lookMs, () => void look());
      // While one claim is on its way to the store, what another one has won is worked on.
      await Promise.all([claimLoop(drain, false), concurrency > mostAtOnce ? claimLoop(drain, true) : null]);
      const all = () => Promise.all([...inHand.values()].map((it) => it.done));
      if (handBack.aborted) stopAll();
      else handBack.addEventListener('abort', stopAll, { once: true });
      await all();
      stopLooking();
    },
  };
};
