import type { Claim, Outcome } from '@hive/bus';
import { hasCode, beginningOf } from '@hive/errors';
import { streams, type HiveEvent, type NewEvent, type WorkflowView } from '@hive/events';
import { formatModelRef } from '@hive/llm';
import { waitForAnswer } from '../approvals/wait-for-answer.ts';
import type { Context } from '../agent.ts';
import type { Parking } from './parking.ts';

/** A shorter wait is none that a person would have to allow. */
const shortMs = 60_000;
const firstMs = 15_000;
const longestMs = 15 * 60_000;
const pageSize = 500;

/**
 * Gives a step back until the limit allows it, without a failure: `model.parked` and `task.snoozed` in one commit. A workflow that has gone on by
 * itself too often is paused instead, and so is one that only a person can let go on; a task whose limit does not say when it ends waits for one, and a call that only a person can allow for their answer.
 */
export const parkStep = async (claim: Claim, parking: Parking, ctx: Context): Promise<Outcome> => {
  const { bus } = ctx;
  if (parking.asks !== undefined) {
    const { asks, until, because } = parking;
    return waitForAnswer(claim, { asks, until, because }, ctx);
  }
  const now = Date.parse(await bus.store.now());
  const waits = await waitsSoFar(claim, ctx);
  if (parking.until === null && !parking.pause) return askPerson(claim, parking, ctx);
  if (parking.pause) return pause(claim, parking, { reason: parking.because, events: [] }, ctx);
  const until = parking.until === null || parking.until === 'soon' ? guess(waits.shortOnes, now) : parking.until;
  const waitMs = Date.parse(until) - now;
  const isLong = waitMs > shortMs;
  const { resumes } = ctx.config.paid;
  const isTooOften = isLong && !waits.longOnes.has(nameOf(parking.kind, until)) && waits.longOnes.size >= resumes;
  const parked = parkedEvent(claim, parking, until, ctx);
  if (isTooOften) {
    const reason = `It waits for ${parking.because}, and has gone on by itself ${resumes} times after a limit`;
    return pause(claim, { ...parking, pause: 'resumes' }, { reason, events: [parked] }, ctx);
  }
  const endMs = Date.parse((await endOf(claim, ctx)) ?? until) - now;
  // Not all at the same moment, and none before it. Where the workflow is to stop earlier, it is stopped then.
  const jitterMs = 250 + bus.around.random() * Math.min(30_000, Math.max(0, waitMs) * 0.2);
  return bus.queue.snooze(
    claim,
    Math.max(0, endMs > 0 && endMs < waitMs ? endMs : waitMs) + jitterMs,
    `it waits for ${parking.because}`,
    [parked],
  );
};

/** When no further call of the workflow is to begin; null: it may go on. */
const endOf = async ({ step }: Claim, { bus }: Context): Promise<string | null> => {
  const stream = streams.workflow(step.workflowId);
  const view = (await bus.store.heads([stream])).heads.get(stream)?.view as WorkflowView | undefined;
  return view?.submission.until ?? null;
};

/** Where a provider asks to wait and does not say how long, the wait grows. */
const guess = (shortOnes: number, now: number): string =>
  new Date(now + Math.min(longestMs, firstMs * 2 ** shortOnes)).toISOString();

const nameOf = (kind: string, until: string): string => `${kind} ${until}`;

/** For what this workflow has waited since a person last said that it goes on. */
const waitsSoFar = async ({ step }: Claim, { bus }: Context) => {
  const longOnes = new Set<string>();
  let shortOnes = 0;
  const { events } = await bus.store.events({
    correlationId: step.workflowId,
    types: ['model.parked', 'workflow.resumed'],
    newest: true,
    limit: pageSize,
  });
  for (const event of events) {
    if (event.type === 'workflow.resumed') break;
    if (event.type !== 'model.parked') continue;
    if (isLongWait(event)) longOnes.add(nameOf(event.data.kind, event.data.until));
    else if (event.data.taskId === step.taskId) shortOnes += 1;
  }
  return { longOnes, shortOnes };
};

const isLongWait = ({ at, data }: HiveEvent & { readonly type: 'model.parked' }): boolean =>
  Date.parse(data.until) - Date.parse(at) > shortMs;

const parkedEvent = ({ step }: Claim, { kind, ref, callId }: Parking, until: string, { bus }: Context): NewEvent => {
  const id = callId ?? bus.around.newId();
  const data = { callId: id, taskId: step.taskId, provider: ref.provider, model: ref.model, until, kind };
  return { type: 'model.parked', stream: streams.call(id), data };
};

/** Nothing more of the workflow is begun until a person resumes it; the step goes back to where it then begins. */
const pause = async (
  claim: Claim,
  { pause: rule = 'limit', because }: Parking,
  { reason, events }: { readonly reason: string; readonly events: readonly NewEvent[] },
  { bus }: Context,
): Promise<Outcome> => {
  const { workflowId } = claim.step;
  const data = { workflowId, by: 'hive', rule, reason: beginningOf(reason, 1000) };
  const paused: NewEvent = { type: 'workflow.paused', stream: streams.workflow(workflowId), data };
  try {
    return await bus.queue.snooze(claim, 0, `it waits for ${because}`, [...events, paused]);
  } catch (error) {
    if (!hasCode(error, 'transition.refused')) throw error;
    return bus.queue.snooze(claim, 0, `it waits for ${because}`, events); // somebody else has just paused it
  }
};

/** The limit does not say when it ends: a person decides when to ask again. */
const askPerson = (claim: Claim, parking: Parking, ctx: Context): Promise<Outcome> => {
  const { step } = claim;
  const reason = `${formatModelRef(parking.ref)}: ${parking.because}, and it was not said until when`;
  if (step.kind !== 'work' || step.taskId === null)
    return pause(claim, { ...parking, pause: 'limit' }, { reason, events: [] }, ctx);
  const { taskId, kind, attempt, token } = step;
  const data = { taskId, step: kind, attempt, token, reason: `${reason}; hive retry asks again` };
  return ctx.bus.queue.finish(claim, [{ type: 'task.escalated', stream: streams.task(taskId), data }]);
};
