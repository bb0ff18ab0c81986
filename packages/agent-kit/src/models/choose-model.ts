import { HiveError, type Code, beginningOf } from '@hive/errors';
import { isEnded, streams, type CallView } from '@hive/events';
import { formatModelRef, parseModelRef, type Model } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { chooseBox } from '../boxes/choose-box.ts';
import type { LocalModel } from '../boxes/take-box.ts';
import { readCircuits, type Circuits } from './circuits.ts';
import { begunCalls, isOf } from './ended-calls.ts';
import { modelsOf, pickModel, type PassOver } from './find-model.ts';
import { readHolds } from './holds.ts';
import { parkedError, parkingOf } from './parking.ts';
import { lossesOf, rungAfter } from './rungs.ts';
import type { Wanted } from './wanted.ts';

/** A model that was chosen for a call, and from which other one this is a change. */
export type Chosen = {
  readonly model: Model;
  /** The boxes that the call may go to, for a model that is on some. */
  readonly local?: readonly LocalModel[];
  readonly fellBack?: { readonly from: string; readonly to: string; readonly because: string };
  /** Another model of the list may have its turn after this one. */
  readonly hasNext: boolean;
};

const lookedBack = 200;
/** Ends of a call after which the same model need not be asked the same again. */
const vain: ReadonlySet<string> = new Set<Code>(['model.refused', 'model.context_full', 'model.egress_denied']);

/**
 * The model that a step asks now: the first of its list that has its turn, can be reached and whose circuit is closed. Throws {@link pickModel}'s
 * errors when there is none.
 */
export const chooseModel = async (wanted: Wanted, step: StepInHand, ctx: Context): Promise<Chosen> => {
  const named = modelsOf(ctx.config, wanted);
  const closed = await readCircuits(ctx);
  const holds = await readHolds(named.map(parseModelRef), step, ctx);
  const circuits: Circuits = (ref) => closed(ref) ?? holds(ref);
  const choose = (candidates: readonly LocalModel[]) => chooseBox(candidates, step, ctx);
  if (named.length < 2) {
    const { model, local } = await pickModel(ctx.config, wanted, { circuits, choose });
    return { model, local, hasNext: false };
  }
  const begun = (await begunCalls(step, ctx)).filter(
    ({ taskId, role }) => taskId === (step.task?.id ?? null) && role === wanted.role,
  );
  const calls = begun.filter((call) => isEnded(call));
  const losses = await lossesSoFar(step, ctx);
  const { after } = ctx.config.fallback;
  const rung = rungAfter(losses, { after, rungs: named.length });
  const passOver: PassOver = (entry, index) =>
    index < rung
      ? new HiveError('model.bad_output', `${after} attempts of ${entry} did not get through`)
      : index < named.length - 1
        ? inVain(entry, calls)
        : null;
  const { model, local, entry, passed } = await pickModel(ctx.config, wanted, { circuits, passOver, choose });
  const before = named.find((it) => isOf(it, begun.at(-1))) ?? named[0] ?? '';
  const hasNext = named.indexOf(entry ?? '') < named.length - 1;
  if (entry === before) return { model, local, hasNext };
  const because = passed.find((it) => it.entry === before)?.error.message ?? `${entry ?? ''} can be asked again`;
  return {
    model,
    local,
    hasNext,
    fellBack: { from: before, to: formatModelRef(model.ref), because: beginningOf(because, 1000) },
  };
};

const lossesSoFar = async ({ task, workflow, kind }: StepInHand, { bus }: Context): Promise<number> => {
  const stream = task ? streams.task(task.id) : streams.workflow(workflow.id);
  const { events } = await bus.store.events({ stream, newest: true, limit: lookedBack });
  return lossesOf(events, kind);
};

const inVain = (entry: string, calls: readonly CallView[]): HiveError | null => {
  const call = calls.findLast((it) => isOf(entry, it));
  if (!call || !vain.has(call.outcome)) return null;
  return new HiveError(call.outcome as Code, `${entry} ${vainly[call.outcome] ?? 'cannot answer this'}`); // `ok` is not in the set
};

const vainly: Readonly<Record<string, string>> = {
  'model.refused': 'has refused this',
  'model.context_full': 'has no room for this',
  'model.egress_denied': 'may not be sent this',
};

/** Failures that end a task where there is one model, and hand it to the next where there are more. */
const passedOn: ReadonlySet<string> = new Set<Code>([
  'model.refused',
  'model.context_full',
  'model.egress_denied',
  'model.unknown',
  'model.auth',
  'model.billing',
]);

/** The failure of a call as the queue should hear it: with another model behind this one, the task is tried again. */
export const withNext = (error: HiveError, { hasNext }: Pick<Chosen, 'hasNext'>): HiveError => {
  const parking = parkingOf(error);
  // What is recorded of the limit lets the next claim pass this model over: nobody has to wait for it.
  const passes =
    hasNext && parking !== null && parking.asks === undefined && Date.parse(parking.until ?? '') > Date.now();
  if (passes) return parkedError({ ...parking, until: new Date().toISOString() }, error);
  return hasNext && error.remedy !== 'retry' && passedOn.has(error.code)
    ? new HiveError(error.code, error.message, {
        remedy: 'retry',
        where: 'other',
        details: error.details,
        cause: error,
      })
    : error;
};
