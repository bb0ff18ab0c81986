import { HiveError, isHiveError } from '@hive/errors';
import type { CallGuard } from './call-guard.ts';

/**
 * What a thrown thing that is no HTTP answer means: our own end of the call first, then a connection that did not come about
 * (`model.unreachable`) or that broke in the middle of an answer (`model.stream_broken`).
 */
export const transportError = (
  error: unknown,
  { guard, destination }: { readonly guard: CallGuard; readonly destination: string },
): HiveError => {
  const ours = guard.ended() ?? hiveErrorIn(error);
  if (ours) return ours;
  const phase = guard.phase();
  if (hasOneOf(error, timeouts))
    return new HiveError('model.timeout', `${destination} did not answer in time${because(error)}`, {
      remedy: 'retry',
      where: 'other',
      details: { destination, phase },
      cause: error,
    });
  if (phase === 'connect' || phase === 'load')
    return new HiveError(
      'model.unreachable',
      `No connection to ${destination}${because(error)}; check that it runs and can be reached from here`,
      {
        remedy: 'retry',
        where: 'other',
        details: { destination },
        cause: error,
      },
    );
  return streamBroken(destination, error);
};

/** An answer that stopped without its terminal record, or that holds a line which is not what the protocol says. */
export const streamBroken = (destination: string, cause?: unknown): HiveError =>
  new HiveError('model.stream_broken', `The answer of ${destination} broke off${because(cause)}`, {
    remedy: 'retry',
    where: 'same',
    details: { destination },
    ...(cause === undefined ? {} : { cause }),
  });

/** True when the thrown thing says that no connection came about, so that nothing was sent. */
export const neverConnected = (error: unknown): boolean => hasOneOf(error, unconnected);

const unconnected = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];
/** Time limits of Node's fetch, which has some of its own. */
const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];

/** Libraries wrap what a stream of ours threw; the code is then in a cause. */
const hiveErrorIn = (error: unknown): HiveError | undefined => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if (isHiveError(at)) return at;
  return undefined;
};

/** The machine code of the network error, which names no content. */
const because = (error: unknown): string => {
  const code = codesIn(error)[0];
  return code === undefined ? '' : ` (${code})`;
};

const hasOneOf = (error: unknown, codes: readonly string[]): boolean =>
  codesIn(error).some((code) => codes.includes(code));

const codesIn = (error: unknown): string[] => {
  const codes: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
  return codes;
};
