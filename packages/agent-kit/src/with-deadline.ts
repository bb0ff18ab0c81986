import type { Surroundings } from '@hive/bus';
import { HiveError } from '@hive/errors';
import type { Step } from '@hive/events';

/** What a timer can wait for. */
const longestMs = 2 ** 31 - 1;

/** What ends a handler's work early: the signal of its claim, or its deadline. */
export type Limit = {
  /** Aborted by either; made when it is asked for, because most handlers never look. */
  readonly signal: () => AbortSignal;
  readonly abort: (reason: string) => void;
  /** Moves the deadline by so many milliseconds. */
  readonly extend: (ms: number) => void;
  /** By how much it was moved since this was asked last. */
  readonly takeExtension: () => number;
};

/** The limit of a handler whose claim has this signal. */
export const createLimit = (claim: AbortSignal): Limit => {
  let both: AbortController | undefined;
  let extensionMs = 0;
  // Not `AbortSignal.any`: what listens to one of those is held for ever when neither end comes.
  const controller = (): AbortController => {
    if (both) return both;
    const made = new AbortController();
    const follow = () => made.abort(claim.reason);
    if (claim.aborted) follow();
    else claim.addEventListener('abort', follow, { once: true });
    return (both = made);
  };
  return {
    signal: () => controller().signal,
    abort: (reason) => controller().abort(reason),
    extend: (ms) => {
      extensionMs += ms;
    },
    takeExtension: () => {
      const ms = extensionMs;
      extensionMs = 0;
      return ms;
    },
  };
};

/** A handler that is late is told to stop and no longer waited for: its step failed, and is tried elsewhere. */
export const withDeadline = <T>(
  work: Promise<T>,
  {
    ms,
    kind,
    late,
    around,
  }: { readonly ms: number; readonly kind: Step; readonly late: Limit; readonly around: Surroundings },
): Promise<T> =>
  new Promise((settle, fail) => {
    let callOff = () => {};
    const end = (afterMs: number) => {
      const moreMs = late.takeExtension();
      if (moreMs > 0) return wait(moreMs, afterMs + moreMs);
      fail(
        new HiveError(
          'check.timeout',
          `The step ${kind} did not end within ${Math.round(afterMs / 100) / 10} s and was stopped`,
          { remedy: 'retry', where: 'other' },
        ),
      );
      late.abort('deadline'); // afterwards, so that what the handler throws now is not taken for the reason
    };
    const wait = (nextMs: number, afterMs: number): void => {
      callOff = around.after(Math.min(nextMs, longestMs), () => end(afterMs));
    };
    wait(ms, ms);
    work.then(
      (answer) => {
        callOff();
        settle(answer);
      },
      () => {
        callOff();
        settle(work); // takes over its failure
      },
    );
  });
