import { HiveError } from '@hive/errors';
import type { Spent, Usage } from './model.ts';

/** The same error with what the call had used up when it ended badly: tokens are paid for also when the answer is lost. */
export const spentError = (error: HiveError, { double, limits, ...spent }: Spent): HiveError =>
  new HiveError(error.code, error.message, {
    remedy: error.remedy,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.where === undefined ? {} : { where: error.where }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    details: {
      ...error.details,
      ...spent,
      ...(double === undefined ? {} : { double }),
      ...(limits === undefined || limits.length === 0 ? {} : { limits }),
    },
  });

/** The usage of a call of which nothing was sent. */
export const nothingSpent: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  costUsd: 0,
  costBasis: 'unknown',
  source: 'live',
};
