import type { HiveError } from '@hive/errors';
import { formatModelRef, type ModelRef } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import { readHolds } from './holds.ts';
import { parkedError, parkingOf } from './parking.ts';

/**
 * The failure of a call as the kit should hear it: one that met a limit is no failure but a wait, until the moment that is recorded for that limit, so
 * that all that wait for it wait for the same.
 */
export const limitedError = async (
  error: HiveError,
  { callId, ref }: { readonly callId: string; readonly ref: ModelRef },
  step: StepInHand,
  ctx: Context,
): Promise<HiveError> => {
  if (error.code !== 'model.rate_limited' && error.code !== 'model.window_exhausted') return error;
  const held = (await readHolds([ref], step, ctx))(ref);
  const parking = held && parkingOf(held);
  if (parking) return parkedError({ ...parking, callId }, error);
  const { retryAt, window } = error.details as { readonly retryAt?: string; readonly window?: string };
  const kind = window ?? 'requests';
  const until = retryAt ?? (error.code === 'model.rate_limited' ? 'soon' : null);
  const name = formatModelRef(ref);
  const because =
    until === null
      ? `the ${kind} window of ${name}`
      : `the ${kind} limit of ${name}${until === 'soon' ? '' : ` until ${until}`}`;
  return parkedError({ kind, until, ref, callId, because }, error);
};
