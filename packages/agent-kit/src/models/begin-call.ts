import { streams, type NewEvent } from '@hive/events';
import { hasCode, type HiveError } from '@hive/errors';
import type { Model, ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { reserve } from './budget.ts';
import { mayLeaveUnder, type Allowed } from './egress/allowed.ts';
import { pathsOf, withheld } from './egress/refuse-egress.ts';
import { bytesOf, estimateOf, type Estimate } from './estimate.ts';
import { readHolds } from './holds.ts';
import { parkedError } from './parking.ts';
import { fellBackEvent, tellCall } from './told-call.ts';
import type { Chosen } from './choose-model.ts';
import type { Role } from './wanted.ts';

/** A call that is in the log and has not left yet: what was reserved for it, and what it carries away. */
export type Begun = {
  readonly callId: string;
  readonly estimate: Estimate;
  readonly bytes: number;
  readonly paths: readonly string[];
  readonly approvalId?: string;
};

const mostPaths = 200;

/** What a call is about to ask of whom, and from which other model this is a change. */
export type Asking = {
  readonly role: Role;
  readonly model: Model;
  readonly request: ModelRequest;
  readonly fellBack?: Chosen['fellBack'];
};

/**
 * The last look before a call leaves, and its first word in the log: may its text go there, is the model held back by a limit or a rule, has every
 * budget room? Then `model.intended` is recorded, so that a call is charged though its process dies, and with it `model.fell_back` where another model is
 * asked than before. Throws `model.egress_denied` (recorded), `budget.exhausted`, or the error of a parked step, also where a person has to agree first.
 */
export const beginCall = async (asking: Asking, step: StepInHand, ctx: Context): Promise<Begun> => {
  const { role, model, request } = asking;
  const { ref } = model;
  const allowed = await mayLeave(asking, step, ctx);
  await assertInTime(model, step, ctx);
  const hold = (await readHolds([ref], step, ctx))(ref);
  if (hold) throw hold;

  const callId = ctx.bus.around.newId();
  const estimate = estimateOf(request, ref, ctx.config.prices);
  const begun = {
    callId,
    estimate,
    bytes: bytesOf(request),
    paths: pathsOf(request).slice(0, mostPaths),
    ...(allowed && { approvalId: allowed.of.approvalId }),
  };
  const intended: NewEvent = {
    type: 'model.intended',
    stream: streams.call(callId),
    data: {
      callId,
      taskId: step.task?.id ?? null,
      ...step.mark,
      role,
      provider: ref.provider,
      model: ref.model,
      by: ctx.incarnation,
      box: ref.box ?? null,
      destination: model.destination,
      ...estimate,
      prompt: await ctx.artefacts.put(JSON.stringify(request)),
      bytes: begun.bytes,
      paths: [...begun.paths],
      ...allowed?.of,
    },
  };
  const news = [...fellBackEvent(callId, asking, step), intended, ...(allowed?.uses ?? [])];
  await reserve({ intended: news, estimate, ref }, step, ctx);
  return begun;
};

/** What a person has agreed to that this call is covered by; null where nobody has to. A call that may not be made is recorded without its text. */
const mayLeave = async (asking: Asking, step: StepInHand, ctx: Context): Promise<Allowed | null> => {
  try {
    return await mayLeaveUnder(asking, step, ctx);
  } catch (error) {
    if (hasCode(error, 'model.egress_denied'))
      await tellCall({ ...asking, request: withheld(asking.request), error }, step, ctx);
    throw error;
  }
};

/** After `--until` no call begins, unless a person has resumed the workflow since. */
const assertInTime = async ({ ref }: Model, { workflow }: StepInHand, { bus }: Context): Promise<void> => {
  const { until } = workflow.submission;
  if (until === undefined || (await bus.store.now()) < until) return;
  const stream = streams.workflow(workflow.id);
  const { events } = await bus.store.events({ stream, types: ['workflow.resumed'], newest: true, limit: 1 });
  if (events.some(({ at }) => at >= until)) return;
  const because = `you: no call to a model begins after ${until} (--until)`;
  throw parkedError({ kind: 'until', until: null, ref, callId: null, because, pause: 'until' });
};

/** The server answered with a status instead of a reply: nothing was read or written, and nothing is charged. */
export const isTurnedAway = ({ details }: HiveError): boolean => Number(details['status'] ?? 0) >= 400;

/** What a call that has left and did not tell its usage is charged. */
export const chargeFor = (
  begun: Begun | undefined,
  usage: { readonly input: number | null; readonly output: number | null } | undefined,
  error: HiveError | null,
): Estimate | null => {
  if (!begun || (usage && usage.input !== null && usage.output !== null)) return null;
  return error !== null && (error.details['sent'] === false || isTurnedAway(error)) ? null : begun.estimate;
};
