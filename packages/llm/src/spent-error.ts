import { HiveError } from '@hive/errors';
import type { Timing, Usage } from './model.ts';

/**
 * The same error with what the call had used up when it ended badly: tokens are paid for also when the answer is lost.
 * `double` is there when the server had said that it is one.
 */
export const spentError = (
  error: HiveError,
  spent: { readonly usage: Usage; readonly timing: Timing; readonly double?: string | undefined },
): HiveError =>
  new HiveError(error.code, error.message, {
    remedy: error.remedy,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.where === undefined ? {} : { where: error.where }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    details: { ...error.details, ...spent },
  });
