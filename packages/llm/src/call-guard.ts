import { HiveError } from '@hive/errors';
import type { Run } from './model.ts';

/** Time as an argument, because this package has no clock: `after` calls back once and returns how to take that back. */
export type Clock = {
  readonly now: () => number;
  readonly after: (ms: number, then: () => void) => () => void;
};

/** What a call waits for. `connect` and `load` end with the response's headers, `first_token` with the first piece of an answer. */
export type Phase = 'connect' | 'load' | 'first_token' | 'idle';

/** Bounds one call: see {@link guardCall}. */
export type CallGuard = {
  /** Aborts when the call has to end, for whichever reason. */
  readonly signal: AbortSignal;
  readonly phase: () => Phase;
  /** Why we ended the call, if we did. Ask this first when anything was thrown. */
  readonly ended: () => HiveError | undefined;
  readonly enter: (phase: Phase) => void;
  /** The request leaves now: tells {@link Run.onSent}, once. */
  readonly leave: () => void;
  /** Whether the request has left. */
  readonly sent: () => boolean;
  /** Something was received. */
  readonly touch: () => void;
  /** The answer is complete; the server gets this long to end its connection in peace, so that the next call can use it. */
  readonly linger: (ms: number) => void;
  /** The call is over: timers are gone and whatever is still open upstream is closed. May be called twice. */
  readonly stop: () => void;
};

/** Why a call that is over is aborted. One for all: a reason of its own for each would cost more than the rest of its end. */
const over = new HiveError('model.cancelled', 'The call is over');

/** The longest time that timers of JavaScript can wait for; a longer one would fire at once. */
const longestMs = 2 ** 31 - 1;

/**
 * Watches one call: `run.signal` ends it as `model.cancelled`, the deadline and silence as `model.timeout` with the phase.
 * `waitMs` replaces `idleMs` until the headers have come, for servers that say nothing while they load a model.
 */
export const guardCall = (
  run: Run,
  {
    clock,
    phase: first,
    waitMs = run.idleMs,
  }: { readonly clock: Clock; readonly phase: 'connect' | 'load'; readonly waitMs?: number },
): CallGuard => {
  const controller = new AbortController();
  let phase: Phase = first;
  let touchedAt = clock.now();
  let ended: HiveError | undefined;
  let sent = false;

  const end = (error: HiveError) => {
    ended ??= error;
    controller.abort(ended);
  };
  const cancel = () => end(new HiveError('model.cancelled', 'The call was cancelled'));
  const timeout = (which: Phase | 'total', ms: number) =>
    end(
      new HiveError('model.timeout', timeoutText[which](ms), {
        remedy: 'retry',
        where: 'other',
        details: { phase: which, waitedMs: ms },
      }),
    );

  const allowance = () => (phase === first ? waitMs : run.idleMs);
  const watch = (): (() => void) =>
    clock.after(Math.min(Math.max(allowance() - (clock.now() - touchedAt), 1), longestMs), () => {
      const silentMs = clock.now() - touchedAt;
      if (silentMs >= allowance()) timeout(phase, silentMs);
      else unwatch = watch();
    });

  const leftMs = run.deadline.getTime() - clock.now();
  let unwatch = () => {};
  let undeadline = () => {};
  if (run.signal.aborted) cancel();
  else if (leftMs <= 0) timeout('total', 0);
  else {
    run.signal.addEventListener('abort', cancel, { once: true });
    undeadline = clock.after(Math.min(leftMs, longestMs), () => timeout('total', leftMs));
    unwatch = watch();
  }

  const touch = () => {
    touchedAt = clock.now();
  };
  return {
    signal: controller.signal,
    phase: () => phase,
    ended: () => ended,
    enter: (next) => {
      touch();
      if (next === phase) return;
      phase = next;
      // The pending timer may be set for the longer wait of the phase before.
      unwatch();
      if (!ended) unwatch = watch();
    },
    leave: () => {
      if (sent) return;
      sent = true;
      run.onSent?.();
    },
    sent: () => sent,
    touch,
    linger: (ms) => {
      unwatch();
      undeadline();
      if (!ended) unwatch = clock.after(ms, () => controller.abort(over));
    },
    stop: () => {
      unwatch();
      undeadline();
      run.signal.removeEventListener('abort', cancel);
      controller.abort(over);
    },
  };
};

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;
const timeoutText: Record<Phase | 'total', (ms: number) => string> = {
  connect: (ms) => `The model's server did not answer within ${seconds(ms)}`,
  load: (ms) => `The box did not begin to answer within ${seconds(ms)}; it may still be loading the model`,
  first_token: (ms) => `The model's server said nothing for ${seconds(ms)} before its first token`,
  idle: (ms) => `The model's server fell silent for ${seconds(ms)} in the middle of an answer`,
  total: (ms) =>
    ms === 0 ? 'The deadline of the call had passed before it began' : `The call did not end within its ${seconds(ms)}`,
};
