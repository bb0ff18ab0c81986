import { HiveError } from '@hive/errors';
import type { Timing, Usage } from './model.ts';

/** The same error with what the call had used up when it ended badly: tokens are paid for also when the answer is lost. */
export const spentError = (error: HiveError, spent: { readonly usage: Usage; readonly timing: Timing }): HiveError =>
  new HiveError(error.code, error.message, {
    remedy: error.remedy,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.where === undefined ? {} : { where: error.where }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    details: { ...error.details, ...spent },
  });
