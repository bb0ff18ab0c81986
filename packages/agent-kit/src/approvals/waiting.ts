import { HiveError, isHiveError } from '@hive/errors';
import type { ApprovalDocument } from '@hive/events';

/** A step that waits for a person. */
export type Waiting = {
  /** What they have to answer; null: they are asked already. */
  readonly asks: ApprovalDocument | null;
  /** ISO time until when they can; null with what is asked now. */
  readonly until: string | null;
  /** In words, after "it waits for". */
  readonly because: string;
};

/** What a handler throws, and the kit takes as "not before somebody has answered": the step is given back without a failure. */
export const waitingError = (waiting: Waiting): HiveError =>
  new HiveError('infra.network', `It waits for ${waiting.because}`, { remedy: 'retry', details: { waiting } });

/** The wait that an error stands for; null for any other one. */
export const waitingOf = (error: unknown): Waiting | null =>
  isHiveError(error) ? ((error.details['waiting'] as Waiting | undefined) ?? null) : null; // set above only
