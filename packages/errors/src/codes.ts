/** A change was refused. */
const refusedCodes = [
  'checks.red',
  'evidence.not_red',
  'evidence.no_checks',
  'evidence.flaky',
  'evidence.mutants',
  'patch.conflict',
  'patch.empty',
  'paths.outside',
  'review.rejected',
  'approval.denied',
  'approval.expired',
  'approval.changed',
  'policy.denied',
] as const;

/** The environment of a check failed, which is not the change's fault. */
const infraCodes = [
  'setup.failed',
  'check.not_found',
  'check.timeout',
  'infra.oom',
  'infra.disk',
  'infra.limit',
  'infra.network',
  'infra.git',
] as const;

/**
 * Every code that Hive may show to a person or a program. Dotted: the first half says where it comes from.
 * Those of a task tell through {@link outcomeOf} how it ended; the others end a command or a request.
 */
export const codes = [
  ...refusedCodes,
  // a task fails
  'model.unreachable',
  'model.overloaded',
  'model.rate_limited',
  'model.window_exhausted',
  'model.timeout',
  'model.stream_broken',
  'model.out_of_memory',
  'model.context_full',
  'model.truncated',
  'model.bad_output',
  'model.refused',
  'model.unknown',
  'model.auth',
  'model.billing',
  'model.bad_request',
  'model.egress_denied',
  'model.cancelled',
  'model.replay_miss',
  'model.missing',
  'budget.exhausted',
  'sandbox.missing',
  'run.failed',
  'rescues.exhausted',
  'attempts.exhausted',
  'plan.failed',
  ...infraCodes,
  // a need ended badly
  'need.failed',
  // wrong usage, found at the door
  'input.invalid',
  'input.unknown_id',
  'input.state',
  'plan.invalid',
  'repo.invalid',
  'repo.base_unknown',
  'repo.no_commits',
  'patch.malformed',
  'branch.checked_out',
  // a person's answer that cannot take effect: somebody else's did
  'approval.decided',
  // the environment of a command
  'config.invalid',
  'port.in_use',
  'tls.unreadable',
  'tls.mismatch',
  'tls.expired',
  'tls.names',
  'store.readonly',
  'store.newer',
  'store.unavailable',
  'hive.running',
  'hive.unreachable',
  // the store
  'event.invalid',
  'event.too_large',
  'event.id_reused',
  'transition.refused',
  'version.conflict',
  'lease.lost',
  'cursor.unknown',
  'audit.broken',
  // HTTP
  'auth.missing',
  'auth.revoked',
  'auth.forbidden',
  'http.misdirected',
  'http.not_found',
  'http.too_many',
  'internal',
] as const;

/** A machine-readable code; the closed set of {@link codes}. */
export type Code = (typeof codes)[number];

const includes = (some: readonly string[], text: string): boolean => some.includes(text);

/** True for a text that is one of {@link codes}. */
export const isCode = (text: string): text is Code => includes(codes, text);

/** Calls to models fail so for reasons that lie outside of what was asked. */
const interruptionCodes = [
  'model.unreachable',
  'model.overloaded',
  'model.rate_limited',
  'model.window_exhausted',
  'model.timeout',
  'model.stream_broken',
  'model.out_of_memory',
  'model.cancelled',
] as const satisfies readonly Code[];

/** True for a failed call to a model that says nothing about what was asked: the conversation goes on where it stood. */
export const isInterruption = (code: string): boolean => includes(interruptionCodes, code);

/** How a task that ended with this code is told to people: was the change refused, did the work fail, or did the environment? */
export const outcomeOf = (code: Code): 'refused' | 'failed' | 'infra' | 'blocked' => {
  if (includes(refusedCodes, code)) return 'refused';
  if (includes(infraCodes, code)) return 'infra';
  return code === 'need.failed' ? 'blocked' : 'failed';
};
