import { streams, type NewEvent } from '@hive/events';
import type { HiveError } from '@hive/errors';
import type { Model, ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { reserve } from './budget.ts';
import { egressDenial, pathsOf, withheld } from './egress/refuse-egress.ts';
import { bytesOf, estimateOf, type Estimate } from './estimate.ts';
import { readHolds } from './holds.ts';
import { parkedError } from './parking.ts';
import { tellCall } from './told-call.ts';
import type { Role } from './wanted.ts';

/** A call that is in the log and has not left yet: what was reserved for it, and what it carries away. */
export type Begun = {
  readonly callId: string;
  readonly estimate: Estimate;
  readonly bytes: number;
  readonly paths: readonly string[];
};

const mostPaths = 200;

/** What a call is about to ask of whom. */
export type Asking = { readonly role: Role; readonly model: Model; readonly request: ModelRequest };

/**
 * The last look before a call leaves, and its first word in the log: may its text go there, is the model held back by a limit or a rule, has every
 * budget room? Then `model.intended` is recorded, so that a call is charged though its process dies. Throws `model.egress_denied` (recorded),
 * `budget.exhausted`, or the error of a parked step.
 */
export const beginCall = async ({ role, model, request }: Asking, step: StepInHand, ctx: Context): Promise<Begun> => {
  const { ref } = model;
  const denial = egressDenial(model, request, step, ctx);
  if (denial) {
    await tellCall({ role, model, request: withheld(request), error: denial }, step, ctx);
    throw denial;
  }
  await assertInTime(model, step, ctx);
  const hold = (await readHolds([ref], step, ctx))(ref);
  if (hold) throw hold;

  const callId = ctx.bus.around.newId();
  const estimate = estimateOf(request, ref, ctx.config.prices);
  const begun = { callId, estimate, bytes: bytesOf(request), paths: pathsOf(request).slice(0, mostPaths) };
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
    },
  };
  await reserve({ intended: [intended], estimate, ref }, step, ctx);
  return begun;
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
