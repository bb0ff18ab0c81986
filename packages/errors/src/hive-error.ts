import type { Code } from './codes.ts';

/** What the runtime does about an error: try again later, end the task, or stop until a person changes the configuration. */
export type Remedy = 'retry' | 'give_up' | 'fix_config';

/** Options of a {@link HiveError}. `retryAfterMs` is a lower bound in milliseconds; `details` is plain JSON for machines. */
export type HiveErrorOptions = {
  readonly remedy?: Remedy;
  readonly retryAfterMs?: number;
  readonly where?: 'same' | 'other';
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

/**
 * An expected failure. The message says what happened, to which thing, and what to do; the code is for machines.
 * Anything else that is thrown is a bug and keeps its stack.
 *
 * @example
 * throw new HiveError('model.rate_limited', 'Claude asked us to wait 30 s', { remedy: 'retry', retryAfterMs: 30_000 });
 */
export class HiveError extends Error {
  override readonly name = 'HiveError';
  readonly code: Code;
  readonly remedy: Remedy;
  readonly retryAfterMs: number | undefined;
  readonly where: 'same' | 'other' | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, options: HiveErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy ?? 'give_up';
    this.retryAfterMs = options.retryAfterMs;
    this.where = options.where;
    this.details = options.details ?? {};
  }
}

/** True when `error` is a HiveError of any copy of this package. */
export const isHiveError = (error: unknown): error is HiveError =>
  error instanceof Error && error.name === 'HiveError' && 'code' in error;

/** True when `error` carries this code. Ask this across packages instead of `instanceof`. */
export const hasCode = (error: unknown, code: Code): error is HiveError => isHiveError(error) && error.code === code;

/** The JSON form that `--json` prints and HTTP answers: `{ code, message, remedy, details }`. */
export const errorJson = (error: HiveError) => ({
  code: error.code,
  message: error.message,
  remedy: error.remedy,
  details: error.details,
});
