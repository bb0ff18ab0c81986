import { HiveError } from '@hive/errors';
import type { ApprovalDocument, PauseNote } from '@hive/events';
import type { ModelRef } from '@hive/llm';

/** Why a step cannot go on now, through no fault of its own, and until when. */
export type Parking = {
  /** The kind of the limit, or the rule of hive.yaml: `quiet_hours`, `reserve`, `budget`. */
  readonly kind: string;
  /** ISO time. `soon`: it was not said, and will not be long. null: it was not said, and may be days. */
  readonly until: string | null;
  readonly ref: ModelRef;
  /** The call that met it; null: none was made. */
  readonly callId: string | null;
  /** In words, after "it waits for". */
  readonly because: string;
  /** What a person has to answer before it goes on; null: they are asked already. */
  readonly asks?: ApprovalDocument | null;
  /** The workflow is to be paused, because only a person can say that it goes on. */
  readonly pause?: NonNullable<PauseNote['rule']>;
};

/** What a handler throws, and the kit takes as "not now": the step is given back without a failure. */
export const parkedError = (parking: Parking, cause?: unknown): HiveError =>
  new HiveError('model.rate_limited', `It waits for ${parking.because}`, {
    remedy: 'retry',
    ...(parking.until !== null &&
      parking.until !== 'soon' && { retryAfterMs: Math.max(0, Date.parse(parking.until) - Date.now()) }),
    details: { parking },
    ...(cause !== undefined && { cause }),
  });

/** The parking that an error stands for; null for any other one. */
export const parkingOf = ({ details }: HiveError): Parking | null =>
  (details['parking'] as Parking | undefined) ?? null; // set above only
