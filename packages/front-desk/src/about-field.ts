import { HiveError, isHiveError } from '@hive/errors';

/** Runs `attempt`, and lets a refusal name the field of the request that it is about (`details.field`), so that a form can show it there. */
export const aboutField = async <T>(field: string, attempt: () => T | Promise<T>): Promise<T> => {
  try {
    return await attempt();
  } catch (error) {
    if (!isHiveError(error) || error.details['field'] !== undefined) throw error;
    throw new HiveError(error.code, error.message, {
      remedy: error.remedy,
      details: { ...error.details, field },
      ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
      ...(error.where !== undefined && { where: error.where }),
      cause: error,
    });
  }
};
