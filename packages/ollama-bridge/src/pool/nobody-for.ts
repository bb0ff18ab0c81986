import { HiveError } from '@hive/errors';
import type { PoolCall } from '../routing/pool-state.ts';
import type { Unfit } from '../routing/route.ts';

/** Why a call finds no place on any box, as an error that says what to do about it. */
export const nobodyFor = (call: PoolCall, why: readonly Unfit[] | 'cancelled'): HiveError => {
  const names = [...new Set(call.candidates.map(({ model }) => model))].join(' or ');
  if (why === 'cancelled') return new HiveError('model.cancelled', `The wait for a box with ${names} was ended`);
  const says = [...new Set(why.map((it) => it.says))].join('; ');
  const has = (...kinds: readonly Unfit['why'][]) => why.some((it) => kinds.includes(it.why));
  const retryAt = Math.min(...why.flatMap(({ until }) => until ?? []));
  const details = { unfit: why.map(({ box, model, why: kind }) => ({ box, model, why: kind })) };
  if (why.length === 0)
    return new HiveError('model.missing', `No box is configured for ${names}; add one with: hive boxes add NAME URL`, {
      remedy: 'fix_config',
      details,
    });
  // What comes back by itself is waited for.
  if (has('away', 'quiet', 'memory'))
    return new HiveError('model.unreachable', `No box can take ${names} now: ${says}`, {
      remedy: 'retry',
      where: 'other',
      details: { ...details, ...(Number.isFinite(retryAt) && { retryAt: new Date(retryAt).toISOString() }) },
    });
  if (has('context'))
    return new HiveError(
      'model.context_full',
      `The prompt does not fit: ${says}; split the task or raise pool.context in hive.yaml`,
      { details },
    );
  if (has('unable'))
    return new HiveError('model.missing', `${says}; name another model`, { remedy: 'fix_config', details });
  return new HiveError(
    'model.unknown',
    `No box has ${names}; pull it with: ollama pull ${call.candidates[0]?.model ?? ''}`,
    {
      remedy: 'fix_config',
      details,
    },
  );
};
